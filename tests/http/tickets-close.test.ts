import assert from "node:assert/strict";
import { DAY } from "../../lib/kernel/clock.ts";
import { type Harness, harness } from "../support/harness.ts";
import { type Desk, deskOf } from "../support/desk.ts";

async function states(desk: Desk): Promise<string[]> {
  const { body } = await desk.call("GET", "/api/tickets?limit=200");
  return body.data.map(({ state }: { state: string }) => state);
}

async function resolved(h: Harness, many: number): Promise<Desk> {
  const desk = deskOf(h, await h.person());
  for (let one = 0; one < many; one++) {
    const { id } = await desk.open({ priority: one % 2 ? "low" : "high" });
    await desk.put(id, { state: "resolved" });
  }
  return desk;
}

Deno.test("what was solved while nothing closed by itself closes after the days that are set later", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "100000", RATE_LIMIT_ACTOR: "100000" } });
  const desk = deskOf(h, await h.person());
  const days = (close_after_days: number) => desk.call("PUT", "/api/ticket-settings", { close_after_days });
  await days(0);
  const old = await desk.open();
  await desk.put(old.id, { state: "resolved" });
  h.clock.advance(10 * DAY);
  const young = await desk.open();
  await desk.put(young.id, { state: "resolved" });
  const live = await desk.open();
  await desk.settle();
  assert.deepEqual(await states(desk), ["new", "resolved", "resolved"]);
  await days(5);
  await desk.settle();
  assert.deepEqual(await states(desk), ["new", "resolved", "closed"]);
  await days(3);
  h.clock.advance(3 * DAY);
  await desk.settle();
  assert.deepEqual(await states(desk), ["new", "closed", "closed"], "fewer days count for what waits, too");
  assert.equal((await desk.ticket(live.id)).state, "new");
});

Deno.test("many that were solved before get their timers a part in a commit, each once", async () => {
  await using h = await harness({ env: { RATE_LIMIT_ADDRESS: "100000", RATE_LIMIT_ACTOR: "100000" } });
  const desk = await resolved(h, 3);
  await h.ports.database.client.execute(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < 450)
    insert into tickets (id, workspace_id, number, subject, description, state, priority, source, labels, fields,
      resolved_at, created_by, created_at, updated_at)
    select 'tkt_more' || i, workspace_id, 1000 + i, subject, description, 'resolved', priority, source, labels, fields,
      resolved_at, created_by, created_at, updated_at from tickets cross join n where number = 1`,
  );
  await desk.call("PUT", "/api/ticket-settings", { close_after_days: 0 });
  await desk.call("PUT", "/api/ticket-settings", { close_after_days: 2 });
  h.clock.advance(2 * DAY + 1000);
  for (let turn = 0; turn < 5; turn++) await desk.settle();
  const { rows } = await h.ports.database.client.execute(
    "select state, count(*) as n from tickets group by state",
  );
  assert.deepEqual(rows.map(({ state, n }) => [state, n]), [["closed", 453]]);
});
