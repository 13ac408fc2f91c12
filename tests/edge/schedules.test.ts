import assert from "node:assert/strict";
import { iso } from "../../lib/kernel/clock.ts";
import { CALLBACK_PATHS } from "../../lib/ports/callbacks.ts";
import { ADMIN_PASSWORD, type EdgeWorld, openEdgeWorld } from "../support/edge.ts";
import { eventually } from "../support/eventually.ts";
import { signDelivery } from "../support/fakes/qstash-signing.ts";

/** What QStash's schedule does each minute. */
async function sweep({ qstash, publicUrl }: EdgeWorld): Promise<{ scheduled: number }> {
  const url = publicUrl + CALLBACK_PATHS.sweep;
  const signature = await signDelivery({ key: qstash?.currentSigningKey ?? "", url, body: "{}" });
  const headers = { "content-type": "application/json", "upstash-signature": signature };
  const answer = await fetch(url, { method: "POST", headers, body: "{}" });
  assert.equal(answer.status, 200);
  return await answer.json();
}

Deno.test("in workerd the schedule that wakes the sweeper ticks a workspace's schedules, and QStash calls for their tasks", async () => {
  await using edge = await openEdgeWorld({ callbacks: true });
  const login = await edge.request("POST", "/api/auth/login", {
    body: { username: "admin", password: ADMIN_PASSWORD },
  });
  const token = login.body.access_token;
  const schedule = (at: number) => {
    const body = { name: "root", at: iso(at), function_name: "math.sqrt", args: [16] };
    return edge.request("POST", "/api/schedules", { token, body });
  };
  // Soon, and yet to come when it is read: a busy machine needs longer for that.
  let leadMs = 300, dueAt = Date.now() + leadMs;
  let made = await schedule(dueAt);
  while (made.status === 422 && leadMs < 60_000) made = await schedule(dueAt = Date.now() + (leadMs *= 4));
  assert.equal(made.status, 201, JSON.stringify(made.body));
  while (Date.now() <= dueAt) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(
    (await Promise.all([sweep(edge), sweep(edge)])).map(({ scheduled }) => scheduled).sort().at(-1),
    1,
  );
  const ticks = await edge.request("GET", `/api/schedules/${made.body.id}/ticks`, { token });
  const [tick, ...more] = ticks.body.data;
  assert.deepEqual([tick.outcome, tick.due_at, more], ["submitted", iso(dueAt), []]);
  const state = async () => {
    const sql = "select state from jobs where id = ?";
    return Number((await edge.h.ports.database.client.execute({ sql, args: [tick.task_id] })).rows[0]?.state);
  };
  await eventually("the task's callback", async () => await state() === 3, { everyMs: 20 });
});
