import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { events } from "../../db/schema/log.ts";
import { HOUR, MINUTE } from "../../lib/kernel/clock.ts";
import { recordIn } from "../../lib/rules/facts.ts";
import { at, openVisits, paths } from "./visits-world.ts";

Deno.test("changing details leaves the time alone; a longer visit, another site or operator is looked at anew", async () => {
  await using w = await openVisits();
  const make = (starts_at: string) =>
    w.call("POST", "/api/visits", { subject: "Horno", starts_at, operator_id: w.ana, site_id: w.site });
  const { body: visit } = await make(at(12));
  await make(at(14));
  const path = `/api/visits/${visit.id}`;
  await w.call("POST", `${path}/confirm`);
  const details = await w.call("PUT", path, { subject: "Horno grande", instructions: "Pieza 7-B" });
  assert.deepEqual([details.body.state, details.body.subject], ["confirmed", "Horno grande"]);
  const longer = await w.call("PUT", path, { minutes: 121 });
  assert.deepEqual([longer.status, longer.body.reason], [409, "overlap"]);
  const fits = await w.call("PUT", path, { minutes: 120 });
  assert.deepEqual([fits.status, fits.body.state, fits.body.confirmed_at, fits.body.ends_at], [
    200,
    "scheduled",
    null,
    at(14),
  ]);
  const elsewhere = await w.call("PUT", path, { site_id: null });
  assert.deepEqual([elsewhere.status, elsewhere.body.reason], [409, "travel"]);
  assert.equal((await w.call("GET", path)).body.site_id, w.site, "a refused change changes nothing");
  const { body: ticket } = await w.call("POST", "/api/tickets", { subject: "No enfría" });
  await w.call("PUT", path, { ticket_id: ticket.id });
  const links = await w.call("GET", `/api/tickets/${ticket.id}/links`);
  assert.deepEqual(links.body.data.map(({ kind, id }: Record<string, string>) => [kind, id]), [[
    "visit",
    visit.id,
  ]]);
});

Deno.test("who is to make a visit that is only asked for is kept until it gets its time", async () => {
  await using w = await openVisits();
  const asked = await w.call("POST", "/api/visits", { subject: "x", operator_id: w.ana });
  assert.deepEqual([asked.body.state, asked.body.operator_id], ["requested", w.ana]);
  const { body: luis } = await w.call("POST", "/api/operators", { name: "Luis" });
  const path = `/api/visits/${asked.body.id}`;
  assert.equal((await w.call("PUT", path, { operator_id: luis.id })).body.operator_id, luis.id);
  const none = await w.call("PUT", path, { operator_id: "opr_none" });
  assert.deepEqual([none.status, paths(none.body)], [422, ["operator_id"]]);
  const set = await w.call("POST", `${path}/reschedule`, { starts_at: at(12) });
  assert.deepEqual([set.body.state, set.body.operator_id], ["scheduled", luis.id]);
});

Deno.test("how long a visit that is only asked for will take is told with its change", async () => {
  await using w = await openVisits();
  const { body: asked } = await w.call("POST", "/api/visits", { subject: "x", minutes: 60 });
  const path = `/api/visits/${asked.id}`;
  assert.equal((await w.call("PUT", path, { minutes: 90 })).body.minutes, 90);
  assert.equal((await w.call("GET", path)).body.minutes, 90);
  const told = await w.h.system.db.select().from(events).where(eq(events.type, "visit.changed"));
  const visits = told.map(({ data }) => recordIn(data, "visit"));
  assert.deepEqual(visits.map((visit) => visit?.["minutes"]), [90]);
});

Deno.test("what is told of a change shows the visit after all of it: of a moved one once for each event, and to each side once", async () => {
  await using w = await openVisits();
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12),
    operator_id: w.ana,
    client_id: w.client,
    contact_id: w.contact,
  });
  const { body: asked } = await w.call("POST", "/api/visits", { subject: "x", operator_id: w.ana });
  await w.settle();
  const { body: luz } = await w.call("POST", `/api/clients/${w.client}/contacts`, {
    email: "luz@espiga.example",
  });
  const before = (await w.h.system.db.select().from(events)).length;
  const put = await w.call("PUT", `/api/visits/${visit.id}`, {
    starts_at: at(14),
    subject: "Horno grande",
    contact_id: luz.id,
    site_id: w.site,
  });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  await w.call("PUT", `/api/visits/${asked.id}`, { starts_at: at(16), minutes: 30 });
  const told = (await w.h.system.db.select().from(events)).slice(before).filter(({ type }) =>
    type.startsWith("visit.")
  );
  const shown = told.map(({ type, data }) => {
    const { state, subject, starts_at, site_id, minutes } = recordIn(data, "visit") ?? {};
    return [type, state, subject, starts_at, site_id, minutes];
  });
  const one = ["scheduled", "Horno grande", at(14), w.site, 60];
  const other = ["scheduled", "x", at(16), null, 30];
  assert.deepEqual(shown.sort(), [
    ["visit.changed", ...one],
    ["visit.changed", ...other],
    ["visit.scheduled", ...one],
    ["visit.scheduled", ...other],
  ]);
  const heard = (await w.settle()).filter((name) => name !== "visit.scheduled");
  assert.deepEqual(heard, ["visit.changed", "visit.changed"], "Luz and Ana");
});

Deno.test("nobody was there: only after its time, and it may be scheduled anew", async () => {
  await using w = await openVisits();
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "x",
    starts_at: at(12),
    operator_id: w.ana,
  });
  const path = `/api/visits/${visit.id}`;
  assert.equal((await w.call("POST", `${path}/no-show`)).status, 409);
  w.h.clock.advance(3 * HOUR + MINUTE);
  assert.equal((await w.call("POST", `${path}/no-show`)).body.state, "no_show");
  const free = await w.call("POST", "/api/visits", { subject: "y", starts_at: at(14), operator_id: w.ana });
  assert.equal(free.status, 201, "it takes up no time any more");
  const again = await w.call("POST", `${path}/reschedule`, { starts_at: at(16) });
  assert.deepEqual([again.status, again.body.state], [200, "scheduled"]);
});
