import assert from "node:assert/strict";
import { events } from "../../db/schema/log.ts";
import { handoverTools } from "../../lib/handover/mod.ts";
import { plansOf } from "../support/plans.ts";
import { at, openVisits, paths, type VisitWorld } from "./visits-world.ts";

/** Ana with a ticket and three visits on Monday: one that is confirmed, one at night, one that is only asked for. */
async function openWork(w: VisitWorld) {
  const { body: ticket } = await w.call("POST", "/api/tickets", { subject: "Fuga", assignee_id: w.ana });
  const visit = async (more: object) =>
    (await w.call("POST", "/api/visits", { subject: "Horno", operator_id: w.ana, ...more })).body
      .id as string;
  const confirmed = await visit({ starts_at: at(12), site_id: w.site, contact_id: w.contact });
  await w.call("POST", `/api/visits/${confirmed}/confirm`);
  const late = await visit({ starts_at: at(20), anyway: true });
  const asked = await visit({});
  const { body: luis } = await w.call("POST", "/api/operators", {
    name: "Luis",
    email: "luis@aurora.example",
    timezone: "America/Monterrey",
    hours: { monday: [{ from: "09:00", to: "18:00" }] },
  });
  const operatorOf = async (id: string) => (await w.call("GET", `/api/visits/${id}`)).body.operator_id;
  const holder = async () => (await w.call("GET", `/api/tickets/${ticket.id}`)).body.assignee_id;
  return { ticket: ticket.id as string, confirmed, late, asked, luis: luis.id as string, operatorOf, holder };
}

Deno.test("an operator with open work is not removed before it is said what becomes of it", async () => {
  await using w = await openVisits();
  const work = await openWork(w);
  const path = `/api/operators/${w.ana}`;
  const refused = await w.call("DELETE", path);
  assert.deepEqual([refused.status, refused.body.open, refused.body.allowed], [409, {
    tickets: 1,
    ticket_ids: [work.ticket],
    visits: 3,
    visit_ids: [work.asked, work.confirmed, work.late],
  }, ["reassign_to", "unassign"]]);
  assert.equal((await w.call("POST", `${path}/deactivate`, {})).status, 409);

  const half = await w.call("DELETE", `${path}?reassign_to=${work.luis}`);
  assert.deepEqual([half.status, half.body.visits], [409, [
    { visit_id: work.late, starts_at: at(20), reason: "off_shift" },
  ]]);
  assert.deepEqual(
    [await work.holder(), await work.operatorOf(work.confirmed)],
    [w.ana, w.ana],
    "all or nothing",
  );
  for (const to of [w.ana, "opr_nobody"]) {
    const wrong = await w.call("DELETE", `${path}?reassign_to=${to}`);
    assert.deepEqual([wrong.status, paths(wrong.body)], [422, ["reassign_to"]], to);
  }

  await w.settle();
  assert.equal((await w.call("DELETE", `${path}?reassign_to=${work.luis}&unassign=true`)).status, 204);
  assert.deepEqual([
    await work.holder(),
    await work.operatorOf(work.confirmed),
    await work.operatorOf(work.asked),
  ], [
    work.luis,
    work.luis,
    work.luis,
  ]);
  const { body: kept } = await w.call("GET", `/api/visits/${work.confirmed}`);
  assert.deepEqual([kept.state, kept.starts_at], ["confirmed", at(12)]);
  const { body: waiting } = await w.call("GET", "/api/visits?operator_id=none");
  assert.deepEqual(waiting.data.map(({ id }: { id: string }) => id), [work.late]);
  assert.deepEqual((await w.call("GET", path)).status, 404);
  const { body: luis } = await w.call("GET", `/api/operators/${work.luis}`);
  assert.equal(luis.load, 1);
  const [told] = (await w.h.system.db.select().from(events))
    .filter(({ type }) => type === "operator.work_handed_over");
  assert.deepEqual(told?.data, {
    operator_id: w.ana,
    to: work.luis,
    tickets: 1,
    visits: { reassigned: 2, unassigned: 1 },
  });
  assert.ok((await w.settle()).includes("visit.changed"), "the one who has it now and the client hear of it");
});

Deno.test("work that nobody gets waits: tickets for a free operator, visits at their time", async () => {
  await using w = await openVisits();
  const work = await openWork(w);
  await w.call("PUT", `/api/operators/${work.luis}/presence`, { presence: "online", for_minutes: 60 });
  const gone = await w.call("POST", `/api/operators/${w.ana}/deactivate`, { unassign: true });
  assert.deepEqual([gone.status, gone.body.active, gone.body.load], [200, false, 0]);
  assert.equal(await work.holder(), work.luis, "who is free gets what waits");
  assert.equal((await w.call("GET", "/api/visits?operator_id=none")).body.data.length, 3);
  const again = await w.call("POST", `/api/visits/${work.confirmed}/reschedule`, { starts_at: at(12) });
  assert.deepEqual([again.status, again.body.operator_id], [200, work.luis], "whoever is free takes it");
  assert.equal(
    (await w.call("POST", `/api/operators/${w.ana}/deactivate`, {})).status,
    200,
    "nothing is left",
  );
  assert.equal((await w.call("DELETE", `/api/operators/${w.ana}`)).status, 204);
});

Deno.test("a visit under way has to end first", async () => {
  await using w = await openVisits();
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    operator_id: w.ana,
    starts_at: at(12),
  });
  await w.call("POST", `/api/visits/${visit.id}/depart`);
  const refused = await w.call("DELETE", `/api/operators/${w.ana}?unassign=true`);
  assert.deepEqual([refused.status, refused.body.visit_ids], [409, [visit.id]]);
  await w.call("POST", `/api/visits/${visit.id}/check-in`, {});
  await w.call("POST", `/api/visits/${visit.id}/check-out`, {});
  const [deactivate, remove] = handoverTools;
  assert.deepEqual(Reflect.get(Object(await deactivate?.call(w.owner.ctx, { id: w.ana })), "active"), false);
  assert.deepEqual(await remove?.call(w.owner.ctx, { id: w.ana }), { removed: true });
});

Deno.test("making an operator inactive is the same leave, whichever way it is said, and other changes are none", async () => {
  await using w = await openVisits();
  const work = await openWork(w);
  const path = `/api/operators/${w.ana}`;
  const off = { active: false, name: "Ana María" };
  const refused = await w.call("PUT", path, off);
  assert.deepEqual([refused.status, refused.body.open.tickets, refused.body.allowed], [
    409,
    1,
    ["reassign_to", "unassign"],
  ]);
  const { body: kept } = await w.call("GET", path);
  assert.deepEqual([kept.active, kept.name], [true, "Ana"], "all or nothing");
  assert.equal((await w.call("PUT", path, { active: true, capacity: 9 })).status, 200);
  assert.equal((await w.call("PUT", `${path}?reassign_to=opr_nobody`, off)).status, 422);
  const left = await w.call("PUT", `${path}?reassign_to=${work.luis}&unassign=true`, off);
  assert.deepEqual([left.status, left.body.active, left.body.name, left.body.load], [
    200,
    false,
    "Ana María",
    0,
  ]);
  assert.deepEqual([await work.holder(), await work.operatorOf(work.confirmed)], [work.luis, work.luis]);
  assert.equal(await work.operatorOf(work.late), null);
  assert.equal((await w.call("PUT", path, off)).status, 200, "again is nothing new");
});

Deno.test("of 500 tickets and visits all are handed over in one commit, of more none before some have gone", async () => {
  await using w = await openVisits();
  const { body: luis } = await w.call("POST", "/api/operators", {
    name: "Luis",
    email: "luis@aurora.example",
  });
  const opened = Array.from(
    { length: 501 },
    (_, n) => w.call("POST", "/api/tickets", { subject: `Fuga ${n}`, assignee_id: w.ana }),
  );
  const [first] = await Promise.all(opened);
  const path = `/api/operators/${w.ana}?reassign_to=${luis.id}`;
  const { status, body } = await w.call("DELETE", path);
  assert.deepEqual([status, body.open.tickets, body.open.ticket_ids.length], [409, 501, 20]);
  const held = async (id: string) =>
    (await w.h.ports.database.client.execute({
      sql: "select count(*) as held from tickets where assignee_id = ?",
      args: [id],
    })).rows[0]?.["held"];
  assert.deepEqual([await held(w.ana), await held(luis.id)], [501, 0]);
  const moved = await w.call("PUT", `/api/tickets/${first?.body.id}`, { assignee_id: luis.id });
  assert.equal(moved.status, 200);
  assert.equal((await w.call("DELETE", path)).status, 204);
  assert.deepEqual([await held(w.ana), await held(luis.id)], [0, 501]);
});

Deno.test("the open work that a refusal names is counted, not read", async () => {
  await using w = await openVisits();
  await openWork(w);
  const plans = await plansOf(w.h.ports.database.client, async () => {
    assert.equal((await w.call("DELETE", `/api/operators/${w.ana}`)).status, 409);
  });
  const ofTickets = plans.filter(({ sql }) => sql.includes('from "tickets"'));
  assert.ok(ofTickets.length > 0);
  for (const { sql } of ofTickets) assert.doesNotMatch(sql, /"description"/);
});
