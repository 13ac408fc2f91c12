import assert from "node:assert/strict";
import { clientTools } from "../../lib/clients/mod.ts";
import { harness } from "../support/harness.ts";
import { caller, paths } from "./caller.ts";
import { ESPIGA, names } from "./clients-world.ts";

Deno.test("a client over HTTP: added, found by what it begins with, changed, removed", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const made = await call("POST", "/api/v1/clients", ESPIGA);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual([made.body.kind, made.body.email, made.body.labels], [
    "company",
    "hola@espiga.example",
    ["vip"],
  ]);
  await call("POST", "/api/clients", { name: "Taller Espino" });
  const found = async (q: string) =>
    names((await call("GET", `/api/clients?q=${encodeURIComponent(q)}`)).body);
  assert.deepEqual(await found("esp"), ["Taller Espino", ESPIGA.name]);
  for (
    const q of ["PANADERIA", "la espi", "pes010203", "crm-10", "hola@esp", "+52 81 1234", "5218112345678"]
  ) {
    assert.deepEqual(await found(q), [ESPIGA.name], q);
  }
  for (const q of ["spiga", "espiga taller", "%", "_"]) assert.deepEqual(await found(q), [], q);
  assert.deepEqual(names((await call("GET", "/api/clients?label=vip")).body), [ESPIGA.name]);
  const path = `/api/clients/${made.body.id}`;
  const changed = await call("PUT", path, {
    name: "El Trigal",
    contract: { ends: null, starts: null, plan: "plata" },
  });
  assert.deepEqual([changed.status, changed.body.contract.plan, changed.body.tax_id], [
    200,
    "plata",
    ESPIGA.tax_id,
  ]);
  assert.deepEqual(await found("espiga panader"), []);
  assert.deepEqual(await found("trigal"), ["El Trigal"]);
  assert.equal((await call("POST", "/api/clients", { name: "X", external_id: "crm-1042" })).status, 409);
  assert.equal((await call("DELETE", path)).status, 204);
  assert.equal((await call("GET", path)).status, 404);
  assert.deepEqual(await found("trigal"), []);
  assert.equal((await call("POST", "/api/clients", { name: "X", external_id: "crm-1042" })).status, 201);
});

Deno.test("a change of a contract leaves what it does not name, and keeps its days in order", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: made } = await call("POST", "/api/clients", ESPIGA);
  const path = `/api/clients/${made.id}`;
  const longer = await call("PUT", path, { contract: { ends: "2027-12-31" } });
  assert.deepEqual(longer.body.contract, {
    starts: "2026-01-01",
    ends: "2027-12-31",
    plan: "oro",
    state: "current",
  });
  const wrong = await call("PUT", path, { contract: { ends: "2025-12-31" } });
  assert.deepEqual([wrong.status, paths(wrong.body)], [422, ["contract.ends"]]);
  const endless = await call("PUT", path, { contract: { ends: null } });
  assert.deepEqual(endless.body.contract, {
    starts: "2026-01-01",
    ends: null,
    plan: "oro",
    state: "current",
  });
});

Deno.test("bad clients and sites are refused with every wrong field named", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const bad = await call("POST", "/api/clients", {
    name: "\u0000 ",
    kind: "dog",
    email: "no",
    phone: "?",
    contract: { starts: "2026-02-31", ends: "2026-03-01" },
    timezone: "Mars/Olympus",
    custom: { zona: 5 },
  });
  assert.equal(bad.status, 422);
  assert.deepEqual(paths(bad.body), [
    "contract.starts",
    "custom.zona",
    "email",
    "kind",
    "name",
    "phone",
    "timezone",
  ]);
  const order = await call("POST", "/api/clients", {
    name: "X",
    contract: { starts: "2026-02-01", ends: "2026-01-01" },
  });
  assert.deepEqual(paths(order.body), ["contract.ends"]);
  const policy = await call("POST", "/api/clients", { name: "X", sla_policy_id: "sla_none" });
  assert.deepEqual([policy.status, paths(policy.body)], [422, ["sla_policy_id"]]);
  const lines = await call("POST", "/api/clients/import", {
    csv: "external_id,name,sla\nx,X,sla_none\ny,Y,\n",
  });
  assert.deepEqual([lines.body.created, lines.body.errors[0].line, lines.body.errors[0].column], [
    1,
    2,
    "sla_policy_id",
  ]);
  const { body: client } = await call("POST", "/api/clients", { name: "X" });
  const site = await call("POST", `/api/clients/${client.id}/sites`, {
    name: "",
    address: "x",
    latitude: 91,
    longitude: 0,
  });
  assert.deepEqual(paths(site.body), ["latitude", "name"]);
  const half = await call("POST", `/api/clients/${client.id}/sites`, {
    name: "a",
    address: "b",
    latitude: 9,
  });
  assert.deepEqual(paths(half.body), ["longitude"]);
});

Deno.test("sites of a client: where it is, when it may be visited, how to get in; half a position is refused later, too", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: client } = await call("POST", "/api/clients", { name: "X" });
  const made = await call("POST", `/api/clients/${client.id}/sites`, {
    name: "Centro",
    address: "Av. Juárez 101",
    latitude: 25.67,
    longitude: -100.3,
    hours: { monday: [{ from: "09:00", to: "18:00" }] },
    access_notes: "Timbre 2",
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const path = `/api/sites/${made.body.id}`;
  const half = await call("PUT", path, { latitude: null });
  assert.deepEqual([half.status, paths(half.body)], [422, ["longitude"]]);
  const changed = await call("PUT", path, { latitude: null, longitude: null, access_notes: "" });
  assert.deepEqual([changed.body.latitude, changed.body.access_notes, changed.body.address], [
    null,
    null,
    "Av. Juárez 101",
  ]);
  assert.deepEqual(names((await call("GET", `/api/clients/${client.id}/sites`)).body), ["Centro"]);
  assert.equal((await call("DELETE", path)).status, 204);
  assert.equal(typeof (await call("GET", path)).body.removed_at, "string", "a visit may have been there");
  assert.equal((await call("PUT", path, { name: "Otro" })).status, 404);
});

Deno.test("the tools of clients do what the routes do and keep to the output that they declare", async () => {
  await using h = await harness();
  const { ctx } = await h.person();
  const use = async (name: string, input: unknown) => {
    const tool = clientTools.find((one) => one.name === name);
    assert.ok(tool, name);
    const answer = await tool.call(ctx, input);
    assert.deepEqual(tool.output.parse(answer), answer);
    return JSON.parse(JSON.stringify(answer));
  };
  const { id } = await use("clients.create", { name: "Uno" });
  const other = await use("clients.create", { name: "Otro" });
  await use("clients.change", { id, phone: "+34 612 345 678" });
  await use("clients.link", { id, email: "a@b.example" });
  await use("sites.create", { id, name: "Centro", address: "x" });
  assert.equal((await use("sites.list", { id })).data.length, 1);
  await use("clients.merge", { id: other.id, duplicate_id: id });
  assert.equal((await use("clients.find", { q: "612345678" })).data.length, 0);
  assert.equal((await use("clients.find", { q: "+34612345678" })).data[0].id, other.id);
  assert.equal((await use("clients.show", { id })).id, other.id);
});
