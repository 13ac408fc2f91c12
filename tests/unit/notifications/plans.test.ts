import assert from "node:assert/strict";
import { listDeliveries } from "../../../lib/notifications/mod.ts";
import { plansOf } from "../../support/plans.ts";
import { openDesk } from "./world.ts";

Deno.test("the history of a recipient is found by indexes, of a user in the app and of an address alike", async () => {
  await using desk = await openDesk();
  const { client } = desk.h.ports.database;
  const { data: none } = await listDeliveries(desk.inside, { limit: 10, recipient: "usr_nobody" });
  assert.deepEqual(none, []);
  for (const channel of ["in_app", "email"] as const) {
    for (let at = 0; at < 4; at++) {
      await desk.h.request("POST", "/api/advanced/notifications/send", {
        token: desk.token,
        body: { channel, recipient: desk.userId, subject: `${channel} ${at}`, message: "Hola" },
      });
    }
  }
  const of = async (query: { channel?: "in_app" | "email" }, recipient: string) => {
    const subjects: unknown[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await listDeliveries(desk.inside, {
        limit: 3,
        recipient,
        ...query,
        ...(cursor === undefined ? {} : { cursor }),
      });
      subjects.push(...page.data.map(({ subject }) => subject));
      more = page.next_cursor !== null;
      cursor = page.next_cursor ?? undefined;
    }
    return subjects;
  };
  const inApp = [3, 2, 1, 0].map((at) => `in_app ${at}`);
  assert.deepEqual(await of({}, desk.userId), inApp);
  assert.deepEqual(await of({ channel: "in_app" }, desk.userId), inApp);
  assert.deepEqual(await of({ channel: "email" }, desk.userId), []);
  const [first] = (await desk.history()).filter(({ channel }) => channel === "email");
  assert.ok(first);
  assert.equal((await of({}, first.recipient)).length, 4);
  const plans = await plansOf(client, () => of({}, desk.userId));
  assert.ok(plans.length >= 2);
  for (const { plan } of plans) {
    assert.match(
      plan,
      /INDEX notification_deliveries_(recipient \(workspace_id=\? AND recipient=\?|inbox \(workspace_id=\? AND user_id=\?)/,
    );
    assert.doesNotMatch(plan, /TEMP B-TREE/, plan);
  }
});
