import assert from "node:assert/strict";
import { visitTools } from "../../lib/visits/mod.ts";
import { DAY } from "../../lib/kernel/clock.ts";
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
