import assert from "node:assert/strict";
import { HOUR, MINUTE } from "../../../lib/kernel/clock.ts";
import {
  beginShift,
  changeOperator,
  createOperator,
  getOperator,
  lapsePresence,
  setPresence,
} from "../../../lib/operators/mod.ts";
import { harness } from "../../support/harness.ts";
import { eventsOf, forgetJobs, jobsNamed } from "./desk.ts";

Deno.test("a presence ends when nobody renews it; the timer moves with each renewal and tells once", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const start = h.clock.now();
  const { id } = await createOperator(ctx, { name: "Ana" });
  await setPresence(ctx, { id, presence: "online", for_minutes: 5 });
  h.clock.advance(3 * MINUTE);
  await setPresence(ctx, { id, presence: "online", for_minutes: 5 });
  assert.deepEqual(await jobsNamed(h, "operators.presence_lapse"), [{
    operatorId: id,
    runAt: start + 8 * MINUTE,
  }]);
  h.clock.advance(3 * MINUTE);
  await lapsePresence(ctx, { operatorId: id });
  assert.equal((await getOperator(ctx, { id })).presence, "online");
  h.clock.advance(3 * MINUTE);
  assert.equal((await getOperator(ctx, { id })).presence, "offline", "before its job runs, too");
  await lapsePresence(ctx, { operatorId: id });
  await lapsePresence(ctx, { operatorId: id });
  const changes = (await eventsOf(h, "operator.presence_changed")).map((
    { from, to, lapsed },
  ) => [from, to, lapsed]);
  assert.deepEqual(changes, [["offline", "online", false], ["online", "offline", true]]);
});

Deno.test("each beginning shift frees its operator's capacity; timers of hours that changed since do nothing", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  // Monday, 10:00 in Monterrey.
  const hours = { monday: [{ from: "09:00", to: "11:00" }, { from: "16:00", to: "18:00" }] };
  const { id } = await createOperator(ctx, { name: "Ana", timezone: "America/Monterrey", hours });
  await setPresence(ctx, { id, presence: "online", for_minutes: 1440 });
  await forgetJobs(h, "operators.drain");
  const at = h.clock.now() + 6 * HOUR;
  assert.deepEqual(await jobsNamed(h, "operators.shift_begins"), [{ operatorId: id, at, runAt: at }]);
  h.clock.set(at);
  await beginShift(ctx, { operatorId: id, at });
  assert.equal((await jobsNamed(h, "operators.drain")).length, 1);
  assert.deepEqual((await jobsNamed(h, "operators.shift_begins")).map((job) => job["at"]), [
    at,
    at + (7 * 24 - 7) * HOUR,
  ]);
  await forgetJobs(h, "operators.drain");
  await changeOperator(ctx, { id, hours: { tuesday: [{ from: "08:00", to: "12:00" }] } });
  await forgetJobs(h, "operators.drain");
  await beginShift(ctx, { operatorId: id, at });
  assert.equal((await jobsNamed(h, "operators.drain")).length, 0);
});
