import assert from "node:assert/strict";
import { iso } from "../../lib/kernel/clock.ts";
import { CALLBACK_PATHS } from "../../lib/ports/callbacks.ts";
import { ADMIN_PASSWORD, type EdgeWorld, openEdgeWorld } from "../support/edge.ts";
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
  const dueAt = Date.now() + 300;
  const body = { name: "root", at: iso(dueAt), function_name: "math.sqrt", args: [16] };
  const made = await edge.request("POST", "/api/schedules", { token, body });
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
  for (const until = Date.now() + 10_000; await state() !== 3;) {
    assert.ok(Date.now() < until, "the task's callback did not come");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
