import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { deskOf } from "../support/desk.ts";

Deno.test("a team that was removed holds nothing up: what waits for it goes to anybody, what it had is taken back and opened again", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const solo = await desk.operator("Solo", { capacity: 1 });
  const { body: team } = await desk.call("POST", "/api/teams", { name: "Uno", operator_ids: [solo.id] });
  const done = await desk.open({ team_id: team.id });
  await desk.put(done.id, { state: "resolved" });
  const had = await desk.open({ team_id: team.id });
  const waits = await desk.open({ team_id: team.id });
  const behind = await desk.open();
  assert.deepEqual([had.assignee_id, waits.assignee_id], [solo.id, null]);
  assert.equal((await desk.call("DELETE", `/api/teams/${team.id}`)).status, 204);
  const other = await desk.operator("Otra", { capacity: 2 });
  await desk.settle();
  const both = [await desk.ticket(waits.id), await desk.ticket(behind.id)];
  assert.deepEqual(both.map(({ assignee_id }) => assignee_id), [other.id, other.id]);
  assert.equal(both[0]?.team_id, null);
  const reopened = await desk.put(done.id, { state: "open" });
  assert.equal(reopened.status, 200, JSON.stringify(reopened.body));
  const off = await desk.call("PUT", `/api/operators/${solo.id}?unassign=true`, { active: false });
  assert.equal(off.status, 200, JSON.stringify(off.body));
});
