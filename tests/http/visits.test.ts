import assert from "node:assert/strict";
import { visitTools } from "../../lib/visits/mod.ts";
import { DAY, HOUR, MINUTE } from "../../lib/kernel/clock.ts";
import { notifications } from "../../db/schema/notifications.ts";
import { at, openVisits, paths } from "./visits-world.ts";

Deno.test("a visit's whole way over HTTP: asked for, scheduled, confirmed, made, with every step kept", async () => {
  await using w = await openVisits();
  const asked = await w.call("POST", "/api/v1/visits", {
    subject: "Horno",
    site_id: w.site,
    contact_id: w.contact,
  });
  assert.deepEqual([asked.status, asked.body.state, asked.body.client_id], [201, "requested", w.client]);
  const path = `/api/visits/${asked.body.id}`;
  const early = await w.call("POST", `${path}/check-in`, {});
  assert.deepEqual([early.status, early.body.allowed], [409, ["scheduled", "cancelled"]]);
  const set = await w.call("POST", `${path}/reschedule`, { starts_at: at(12), operator_id: w.ana });
  assert.deepEqual([set.status, set.body.state, set.body.ends_at], [200, "scheduled", at(13)]);
  assert.equal((await w.call("POST", `${path}/confirm`)).body.confirmed_by, w.owner.userId);
  assert.equal((await w.call("POST", `${path}/depart`)).body.state, "on_the_way");
  const inside = await w.call("POST", `${path}/check-in`, {
    note: "Llegué",
    latitude: 25.67,
    longitude: -100.3,
  });
  assert.deepEqual([inside.body.check_in.note, inside.body.check_in.latitude], ["Llegué", 25.67]);
  assert.equal((await w.call("POST", `${path}/cancel`, { reason: "x" })).status, 409);
  const done = await w.call("POST", `${path}/check-out`, { note: "Listo" });
  assert.deepEqual([done.body.state, done.body.check_out.note], ["completed", "Listo"]);
  const { steps } = (await w.call("GET", path)).body;
  assert.deepEqual(steps.map(({ to }: { to: string }) => to), [
    "requested",
    "scheduled",
    "confirmed",
    "on_the_way",
    "checked_in",
    "completed",
  ]);
  assert.equal((await w.call("GET", `/api/visits?state=completed&operator_id=${w.ana}`)).body.data.length, 1);
  assert.equal((await w.call("GET", `/api/visits?from=${at(13)}`)).body.data.length, 0);
});

Deno.test("a time that can't be is 409 with the reason and free slots that really are free", async () => {
  await using w = await openVisits();
  const visit = (starts_at: string, more = {}) =>
    w.call("POST", "/api/visits", { subject: "Horno", starts_at, operator_id: w.ana, ...more });
  const { body: first } = await visit(at(12), { site_id: w.site });
  const cases: [string, object, string][] = [
    [at(12, 30), { site_id: w.site }, "overlap"],
    [at(13), {}, "travel"],
    [at(11), {}, "travel"],
    [at(19), {}, "off_shift"],
    [at(17, 30), {}, "off_shift"],
    [at(12, 0, 2), {}, "off_shift"],
  ];
  for (const [time, more, reason] of cases) {
    const refused = await visit(time, more);
    assert.deepEqual([refused.status, refused.body.reason], [409, reason], time);
    assert.ok(refused.body.free_slots.length > 0, time);
    if (reason !== "off_shift") assert.equal(refused.body.visit_id, first.id);
  }
  assert.equal(
    (await visit(at(13), { site_id: w.site })).status,
    201,
    "at the same site there is no way to go",
  );
  const { free_slots } = (await visit(at(12, 30))).body;
  for (const { starts_at } of free_slots) {
    const { body, status } = await visit(starts_at);
    assert.equal(status, 201, starts_at);
    await w.call("POST", `/api/visits/${body.id}/cancel`, { reason: "probando" });
  }
  assert.equal((await visit(at(19), { anyway: true })).status, 201);
  const never = await visit(at(12, 30), { anyway: true });
  assert.deepEqual([never.status, never.body.reason], [409, "overlap"]);
});

Deno.test("the business's holidays are no days for visits, unless one is forced or the settings say so", async () => {
  await using w = await openVisits();
  await w.call("PUT", "/api/business/config", {
    timezone: "America/Monterrey",
    holidays: ["2026-01-06", { date: "2026-01-12", hours: [{ from: "09:00", to: "12:00" }] }],
  });
  const visit = (starts_at: string, more = {}) =>
    w.call("POST", "/api/visits", { subject: "Horno", starts_at, operator_id: w.ana, ...more });
  const days = async () => {
    const path = `/api/visits/slots?operator_id=${w.ana}&from=${at(0)}&to=${at(0, 0, 8)}&limit=500`;
    const { data } = (await w.call("GET", path)).body as { data: { starts_at: string }[] };
    return [...new Set(data.map(({ starts_at }) => starts_at.slice(0, 10)))];
  };
  assert.deepEqual(await days(), ["2026-01-05", "2026-01-12"]);
  const refused = await visit(at(12, 0, 1));
  assert.deepEqual([refused.status, refused.body.reason], [409, "holiday"]);
  assert.ok(
    refused.body.free_slots.every(({ starts_at }: { starts_at: string }) =>
      !starts_at.startsWith("2026-01-06")
    ),
  );
  assert.equal(
    (await visit(at(11, 30, 7))).body.reason,
    "holiday",
    "the holiday's hours end before the visit",
  );
  assert.equal((await visit(at(11, 0, 7))).status, 201);
  assert.equal((await visit(at(12, 0, 1), { anyway: true })).status, 201);
  await w.call("PUT", "/api/visits/settings", { on_holidays: true });
  assert.deepEqual(await days(), ["2026-01-05", "2026-01-06", "2026-01-12"]);
  assert.equal((await visit(at(15, 0, 1))).status, 201);
});

Deno.test("50 schedules at once for one time give one visit; of a team, one for each operator", async () => {
  await using w = await openVisits({ RATE_LIMIT_ADDRESS: "100000", RATE_LIMIT_ACTOR: "100000" });
  const all = await Promise.all(
    Array.from(
      { length: 50 },
      () => w.call("POST", "/api/visits", { subject: "Horno", starts_at: at(12), operator_id: w.ana }),
    ),
  );
  assert.deepEqual([201, 409].map((code) => all.filter(({ status }) => status === code).length), [1, 49]);
  const { body: luis } = await w.call("POST", "/api/operators", { name: "Luis" });
  const { body: team } = await w.call("POST", "/api/teams", {
    name: "Campo",
    operator_ids: [w.ana, luis.id],
  });
  const teamed = await Promise.all(
    Array.from(
      { length: 10 },
      () => w.call("POST", "/api/visits", { subject: "Horno", starts_at: at(15), team_id: team.id }),
    ),
  );
  const made = teamed.filter(({ status }) => status === 201).map(({ body }) => body.operator_id).sort();
  assert.deepEqual(made, [w.ana, luis.id].sort());
});

Deno.test("slots over HTTP are the shifts without what stands, its ways and what is past; every one can be taken", async () => {
  await using w = await openVisits();
  await w.call("PUT", "/api/visits/settings", { slot_minutes: 60, travel_minutes: 30, default_minutes: 60 });
  await w.call("POST", "/api/visits", { subject: "Horno", starts_at: at(13), operator_id: w.ana });
  const query = `operator_id=${w.ana}&from=${at(0)}&to=${at(24)}`;
  const slots = await w.call("GET", `/api/visits/slots?${query}`);
  assert.equal(slots.status, 200, JSON.stringify(slots.body));
  const times = slots.body.data.map((slot: Record<string, string>) => slot["starts_at"]);
  assert.deepEqual(times, [at(10), at(11), at(15), at(16), at(17)]);
  const site = `/api/sites/${w.site}`;
  await w.call("PUT", site, {
    hours: { monday: [{ from: "16:00", to: "17:00" }] },
    timezone: "America/Monterrey",
  });
  const inHours = await w.call("GET", `/api/visits/slots?${query}&site_id=${w.site}`);
  assert.deepEqual(inHours.body.data.map((slot: Record<string, string>) => slot["starts_at"]), [at(16)]);
  const closed = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(11),
    operator_id: w.ana,
    site_id: w.site,
  });
  assert.deepEqual([closed.status, closed.body.reason], [409, "site_closed"]);
  for (
    const [bad, path] of [
      ["operator_id=opr_none", "operator_id"],
      ["team_id=tea_none", "team_id"],
      [`${query}&site_id=sit_none`, "site_id"],
      [`operator_id=${w.ana}&from=${at(5)}&to=${at(4)}`, "to"],
      [`operator_id=${w.ana}&from=${at(5)}&to=${at(5, 0, 99)}`, "to"],
      [`operator_id=${w.ana}&from=2026-02-31T00:00:00Z`, "from"],
      [`operator_id=${w.ana}&minutes=-5`, "minutes"],
    ]
  ) {
    const refused = await w.call("GET", `/api/visits/slots?${bad}`);
    assert.deepEqual([bad, refused.status, paths(refused.body)], [bad, 422, [path]]);
  }
});

Deno.test("bad visits are refused with every wrong field named: days that don't exist, times gone by, ids of elsewhere", async () => {
  await using w = await openVisits();
  const bad = await w.call("POST", "/api/visits", {
    subject: " ",
    starts_at: "2026-02-31T10:00:00Z",
    minutes: -5,
  });
  assert.deepEqual([bad.status, paths(bad.body)], [422, ["minutes", "starts_at", "subject"]]);
  const past = { subject: "x", starts_at: at(9), operator_id: w.ana };
  assert.deepEqual(paths((await w.call("POST", "/api/visits", past)).body), ["starts_at"]);
  for (const field of ["client_id", "contact_id", "site_id", "ticket_id"]) {
    const refused = await w.call("POST", "/api/visits", { subject: "x", [field]: "xxx_1" });
    assert.deepEqual([refused.status, paths(refused.body)], [422, [field]]);
  }
  const { body: other } = await w.call("POST", "/api/clients", { name: "Otro" });
  const mixed = await w.call("POST", "/api/visits", { subject: "x", client_id: other.id, site_id: w.site });
  assert.deepEqual(paths(mixed.body), ["site_id"]);
  const anybody = await w.call("POST", "/api/visits", { subject: "x", starts_at: at(12) });
  assert.deepEqual([anybody.status, anybody.body.state], [201, "scheduled"], JSON.stringify(anybody.body));
  const { token } = await w.h.person();
  const nobody = await w.h.request("POST", "/api/visits", {
    token,
    body: { subject: "x", starts_at: at(12) },
  });
  assert.deepEqual([nobody.status, paths(nobody.body)], [422, ["operator_id"]]);
  const settings = await w.call("PUT", "/api/visits/settings", {
    travel_minutes: -1,
    remind_client_minutes: [1],
  });
  assert.deepEqual(paths(settings.body), ["remind_client_minutes.0", "travel_minutes"]);
});

Deno.test("both sides are told and reminded once, the reminders move with the visit, and none comes for one that is off", async () => {
  await using w = await openVisits();
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    site_id: w.site,
    contact_id: w.contact,
  });
  assert.deepEqual(await w.settle(), ["visit.scheduled", "visit.scheduled"]);
  assert.deepEqual(await w.settle(), [], "not a second time");
  await w.call("POST", `/api/visits/${visit.id}/reschedule`, { starts_at: at(16, 0, 1) });
  assert.deepEqual(await w.settle(), ["visit.changed", "visit.changed"]);
  w.h.clock.set(Date.parse(at(11, 0, 1)));
  assert.deepEqual(await w.settle(), ["visit.reminder"], "of the day before, for the time that it has now");
  w.h.clock.set(Date.parse(at(14, 0, 1)));
  assert.deepEqual(await w.settle(), ["visit.reminder"], "two hours before");
  w.h.clock.set(Date.parse(at(15, 0, 1)));
  assert.deepEqual(await w.settle(), ["visit.reminder"], "the operator, an hour before");
  w.h.clock.set(Date.parse(at(15, 59, 1)));
  assert.deepEqual(await w.settle(), []);
  const told = await w.h.system.db.select().from(notifications);
  const of = (template: string) => told.filter((one) => one.template === template).map(({ data }) => data);
  assert.ok(
    of("visit.changed").every((data) => /16:00/.test(String(data["when_es"]))),
    "on the site's clock",
  );
  assert.deepEqual(
    of("visit.scheduled").filter((data) => data["link"] !== "").length,
    1,
    "the link is the client's",
  );
});

Deno.test("a visit that is called off reminds nobody; both sides hear why, and so does who had it before", async () => {
  await using w = await openVisits();
  const { body: luis } = await w.call("POST", "/api/operators", {
    name: "Luis",
    email: "luis@aurora.example",
  });
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    contact_id: w.contact,
  });
  await w.settle();
  await w.call("PUT", `/api/visits/${visit.id}`, { operator_id: luis.id });
  assert.deepEqual((await w.settle()).sort(), ["visit.cancelled", "visit.changed", "visit.changed"]);
  const off = await w.call("POST", `/api/visits/${visit.id}/cancel`, { reason: "Llueve" });
  assert.deepEqual([off.body.state, off.body.cancel_reason], ["cancelled", "Llueve"]);
  assert.deepEqual(await w.settle(), ["visit.cancelled", "visit.cancelled"]);
  w.h.clock.set(Date.parse(at(11, 30, 1)));
  assert.deepEqual(await w.settle(), []);
  assert.equal((await w.call("POST", `/api/visits/${visit.id}/cancel`, {})).status, 422);
  const again = await w.call("POST", `/api/visits/${visit.id}/reschedule`, { starts_at: at(15, 0, 1) });
  assert.deepEqual([again.status, again.body.allowed], [409, []]);
});

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

Deno.test("another place or another contact of a visit to come is told to both sides, other details to nobody", async () => {
  await using w = await openVisits();
  const { body: visit } = await w.call("POST", "/api/visits", {
    subject: "Horno",
    starts_at: at(12, 0, 1),
    operator_id: w.ana,
    client_id: w.client,
    contact_id: w.contact,
    address: "Calle 1",
  });
  await w.settle();
  const path = `/api/visits/${visit.id}`;
  await w.call("PUT", path, { subject: "Horno grande", instructions: "Pieza 7-B" });
  assert.deepEqual(await w.settle(), []);
  const moved = await w.call("PUT", path, { address: "Calle 2" });
  assert.deepEqual([moved.body.address, moved.body.state], ["Calle 2", "scheduled"]);
  assert.deepEqual(await w.settle(), ["visit.changed", "visit.changed"]);
  const { body: luz } = await w.call("POST", `/api/clients/${w.client}/contacts`, {
    email: "luz@espiga.example",
  });
  await w.call("PUT", path, { contact_id: luz.id });
  assert.deepEqual(await w.settle(), ["visit.changed", "visit.changed"]);
  const { body: told } = await w.call(
    "GET",
    "/api/advanced/notifications/history?recipient=luz@espiga.example",
  );
  assert.match(told.data[0]?.message ?? "", /Calle 2/);
  await w.call("POST", `${path}/cancel`, { reason: "Se pospone" });
  await w.settle();
  await w.call("PUT", path, { address: "Calle 3" });
  assert.deepEqual(await w.settle(), [], "of one that is off nothing is news");
});

Deno.test("a site is visited by the clock of its client where it has none of its own", async () => {
  await using w = await openVisits();
  const hours = { monday: [{ from: "09:00", to: "13:00" }] };
  const { body: client } = await w.call("POST", "/api/clients", {
    name: "Tijuana",
    timezone: "America/Tijuana",
  });
  const { body: site } = await w.call("POST", `/api/clients/${client.id}/sites`, {
    name: "Norte",
    address: "Calle 9",
    hours,
  });
  const make = (starts_at: string) =>
    w.call("POST", "/api/visits", { subject: "Horno", starts_at, operator_id: w.ana, site_id: site.id });
  assert.deepEqual((await make(at(10, 30))).body.reason, "site_closed", "8:30 there");
  assert.equal((await make(at(14))).status, 201, "noon there");
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

Deno.test("the tools of visits do what the routes do and keep to the output that they declare", async () => {
  await using w = await openVisits();
  const use = async (name: string, input: unknown) => {
    const tool = visitTools.find((one) => one.name === name);
    assert.ok(tool, name);
    const answer = await tool.call(w.owner.ctx, input);
    assert.deepEqual(tool.output.parse(answer), answer);
    return JSON.parse(JSON.stringify(answer));
  };
  const { data: [slot] } = await use("visits.slots", { operator_id: w.ana, limit: 1 });
  const { starts_at, operator_id } = slot;
  const { id } = await use("visits.schedule", { subject: "Horno", starts_at, operator_id });
  await use("visits.confirm", { id });
  const later = new Date(Date.parse(starts_at) + DAY).toISOString();
  assert.equal((await use("visits.reschedule", { id, starts_at: later })).state, "scheduled");
  assert.equal((await use("visits.cancel", { id, reason: "x" })).state, "cancelled");
  assert.equal((await use("visits.show", { id })).steps.length, 4);
  assert.equal((await use("visits.list", { state: "cancelled" })).data.length, 1);
  const other = await use("visits.schedule", { subject: "Filtro", starts_at, operator_id });
  assert.equal((await use("visits.change", { id: other.id, subject: "Filtros" })).subject, "Filtros");
  await use("visits.depart", { id: other.id });
  assert.equal((await use("visits.check_in", { id: other.id, note: "Llegué" })).check_in.note, "Llegué");
  assert.equal((await use("visits.check_out", { id: other.id })).state, "completed");
  const third = await use("visits.schedule", { subject: "Otro", starts_at: later, operator_id });
  w.h.clock.advance(3 * DAY);
  assert.equal((await use("visits.no_show", { id: third.id })).state, "no_show");
  assert.equal((await use("visits.settings", {})).default_minutes, 60);
  assert.equal((await use("visits.set", { default_minutes: 45 })).default_minutes, 45);
});
