import assert from "node:assert/strict";
import { at, openVisits, paths } from "./visits-world.ts";

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

Deno.test("of a team that is busy the free slots near are as many times, not one time of everybody", async () => {
  await using w = await openVisits();
  for (const name of ["Luis", "Eva", "Raúl", "Mar", "Sol"]) {
    const { body } = await w.call("POST", "/api/operators", { name, timezone: "America/Monterrey" });
    await w.call("POST", "/api/visits", { subject: "Horno", starts_at: at(12), operator_id: body.id });
  }
  await w.call("POST", "/api/visits", { subject: "Horno", starts_at: at(12), operator_id: w.ana });
  const refused = await w.call("POST", "/api/visits", { subject: "Otro", starts_at: at(12) });
  assert.equal(refused.status, 409);
  const times = refused.body.free_slots.map(({ starts_at }: { starts_at: string }) => starts_at);
  assert.deepEqual([times.length, new Set(times).size], [5, 5], times.join(" "));
});
