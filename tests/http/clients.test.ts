import assert from "node:assert/strict";
import { auditLog } from "../../db/schema/log.ts";
import { clientTools } from "../../lib/clients/mod.ts";
import { identify } from "../../lib/conversations/mod.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";

function caller(h: Harness, person: Person) {
  return (method: string, path: string, body?: unknown) =>
    h.request(method, path, { token: person.token, ...(body === undefined ? {} : { body }) });
}

const paths = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path).sort();
const names = (body: { data: { name: string }[] }) => body.data.map(({ name }) => name);

const ESPIGA = {
  name: "Panadería La Espiga",
  tax_id: "PES 010203 AB1",
  external_id: "crm-1042",
  email: "Hola@Espiga.example",
  phone: "+52 1 81 1234 5678",
  contract: { starts: "2026-01-01", ends: "2026-12-31", plan: "oro" },
  labels: ["vip", "vip"],
  custom: { zona: "norte" },
};

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
  assert.deepEqual(longer.body.contract, { starts: "2026-01-01", ends: "2027-12-31", plan: "oro" });
  const wrong = await call("PUT", path, { contract: { ends: "2025-12-31" } });
  assert.deepEqual([wrong.status, paths(wrong.body)], [422, ["contract.ends"]]);
  const endless = await call("PUT", path, { contract: { ends: null } });
  assert.deepEqual(endless.body.contract, { starts: "2026-01-01", ends: null, plan: "oro" });
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

Deno.test("a contact is of one client at most; merging contacts and clients takes the people along", async () => {
  await using h = await harness();
  const owner = await h.person();
  const call = caller(h, owner);
  const [one, two] = [
    (await call("POST", "/api/clients", { name: "Uno", tax_id: "T1" })).body,
    (await call("POST", "/api/clients", { name: "Dos", phone: "+34 612 345 678", labels: ["b"] })).body,
  ];
  const linked = await call("POST", `/api/clients/${one.id}/contacts`, {
    phone: "+52 81 8765 4321",
    name: "Ana",
    role: "compras",
  });
  assert.deepEqual([linked.status, linked.body.role, linked.body.name], [200, "compras", "Ana"]);
  const contactId = linked.body.id;
  const again = await call("POST", `/api/clients/${one.id}/contacts`, {
    contact_id: contactId,
    role: "pagos",
  });
  assert.equal(again.body.role, "pagos");
  const other = await call("POST", `/api/clients/${two.id}/contacts`, { contact_id: contactId });
  assert.deepEqual([other.status, other.body.client_id], [409, one.id]);
  const none = await call("POST", `/api/clients/${two.id}/contacts`, { contact_id: "con_none" });
  assert.deepEqual([none.status, paths(none.body)], [422, ["contact_id"]]);
  const both = await call("POST", `/api/clients/${two.id}/contacts`, {
    contact_id: contactId,
    email: "a@b.example",
  });
  assert.deepEqual(paths(both.body), ["contact_id"]);

  // An older contact turns out to be the same person: the link goes over to it.
  const { body: taken } = await call("POST", "/api/conversations", {
    contact: { external_id: "x" },
    text: "Hola",
  });
  const older = (await call("GET", `/api/conversations/${taken.conversation_id}`)).body.contact.id;
  const email = await owner.ctx.transact((tx) =>
    identify(tx, {
      identities: [{ kind: "phone", value: "+528187654321" }, { kind: "external", value: "x" }],
    })
  );
  const people = await call("GET", `/api/clients/${one.id}/contacts`);
  assert.deepEqual(people.body.data.map(({ id, role }: Record<string, string>) => [id, role]), [[
    email.id,
    "pagos",
  ]]);
  assert.ok([older, contactId].includes(email.id));

  await call("POST", `/api/clients/${one.id}/sites`, { name: "Centro", address: "x" });
  const merged = await call("POST", `/api/clients/${two.id}/merge`, { duplicate_id: one.id });
  assert.deepEqual([merged.status, merged.body.tax_id, merged.body.name], [200, "T1", "Dos"]);
  assert.equal((await call("GET", `/api/clients/${one.id}`)).body.id, two.id);
  assert.equal((await call("GET", `/api/clients/${two.id}/contacts`)).body.data.length, 1);
  assert.equal((await call("GET", `/api/clients/${two.id}/sites`)).body.data.length, 1);
  assert.deepEqual(names((await call("GET", "/api/clients")).body), ["Dos"]);
  const gone = await call("DELETE", `/api/clients/${one.id}`);
  assert.deepEqual(
    [gone.status, gone.body.merged_into],
    [409, two.id],
    "nobody means the one that it went into",
  );
  const self = await call("POST", `/api/clients/${two.id}/merge`, { duplicate_id: one.id });
  assert.deepEqual([self.status, paths(self.body)], [422, ["duplicate_id"]]);

  assert.equal((await call("DELETE", `/api/clients/${two.id}/contacts/${email.id}`)).status, 204);
  assert.equal((await call("DELETE", `/api/clients/${two.id}/contacts/${email.id}`)).status, 404);
});

const CSV = [
  "Id externo;Nombre;Correo;Teléfono;Etiquetas;Fin de contrato;custom.zona;Color",
  "a-1;La Espiga;hola@espiga.example;'+52 81 1234 5678;vip|norte;2026-12-31;norte;rojo",
  "a-2;;x@y.example;;;;;",
  'a-3;"Taller ""El',
  'Tornillo""";no-mail;;;2026-02-31;;',
  ";Sin id;;;;;;",
  "a-4;Bien;;;;;;;demás",
  "a-5;Último;;;;;;",
].join("\r\n");

Deno.test("an import writes the good lines, reports each bad one by line and column, and changes nothing when repeated", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const first = await call("POST", "/api/clients/import", { csv: CSV });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const { errors, ...counts } = first.body;
  assert.deepEqual(counts, { created: 2, updated: 0, unchanged: 0, failed: 4, ignored_columns: ["Color"] });
  assert.deepEqual(errors.map(({ line, column }: Record<string, unknown>) => [line, column]), [
    [3, "Nombre"],
    [4, "Correo"],
    [4, "Fin de contrato"],
    [6, "Id externo"],
    [7, null],
  ]);
  const { body: { data } } = await call("GET", "/api/clients?external_id=a-1");
  assert.deepEqual([data[0].phone, data[0].labels, data[0].custom, data[0].contract.ends], [
    "+52 81 1234 5678",
    ["vip", "norte"],
    { zona: "norte" },
    "2026-12-31",
  ]);
  const second = (await call("POST", "/api/clients/import", { csv: CSV })).body;
  assert.deepEqual([second.created, second.updated, second.unchanged], [0, 0, 2]);
  const third =
    (await call("POST", "/api/clients/import", { csv: "external_id,name\na-1,El Trigal\n" })).body;
  assert.deepEqual([third.updated, third.created], [1, 0]);
  const after = (await call("GET", "/api/clients?q=trigal")).body.data[0];
  assert.equal(after.email, "hola@espiga.example", "what the file leaves out stays");
});

Deno.test("an import takes a file as Excel writes it, and refuses one without its columns, or of another kind", async () => {
  await using h = await harness();
  const person = await h.person();
  const call = caller(h, person);
  const form = new FormData();
  const latin = Uint8Array.from("id;nombre\nb-1;Pe\xf1a\n", (char) => char.charCodeAt(0));
  form.set("file", new File([latin], "clientes.csv"));
  const sent = await call("POST", "/api/clients/import", form);
  assert.equal(sent.body.created, 1, JSON.stringify(sent.body));
  assert.deepEqual(names((await call("GET", "/api/clients?q=pena")).body), ["Peña"]);
  const bare = await call("POST", "/api/clients/import", { csv: "color,size\n1,2\n" });
  assert.deepEqual([bare.status, paths(bare.body)], [422, ["file.external_id", "file.name"]]);
  assert.equal((await call("POST", "/api/clients/import", { csv: "" })).status, 422);
  const xml = await h.request("POST", "/api/clients/import", {
    token: person.token,
    body: "<a/>",
    headers: { "content-type": "text/xml" },
  });
  assert.equal(xml.status, 415);
});

Deno.test("an export is what an import takes, neutralised, and written to the audit log", async () => {
  await using h = await harness();
  const owner = await h.person();
  const call = caller(h, owner);
  await call("POST", "/api/clients", { ...ESPIGA, notes: "=cmd|' /C calc'!A0", custom: { "a;b": 'c"d' } });
  const { body, headers } = await call("GET", "/api/clients/export");
  assert.match(headers.get("content-type") ?? "", /text\/csv/);
  assert.ok(!/(^|,)"?[=+@-]/m.test(body), body);
  assert.ok(body.includes("'=cmd"));
  const other = await h.person();
  const there = caller(h, other);
  const report = (await there("POST", "/api/clients/import", { csv: body })).body;
  assert.deepEqual([report.created, report.errors], [1, []]);
  const [before, after] = [
    (await call("GET", "/api/clients")).body.data[0],
    (await there("GET", "/api/clients")).body.data[0],
  ];
  assert.deepEqual({ ...after, id: 0, created_at: 0 }, { ...before, id: 0, created_at: 0 });
  const entries = await h.system.db.select().from(auditLog);
  assert.ok(
    entries.some(({ action, workspaceId }) =>
      action === "clients.export" && workspaceId === owner.workspaceId
    ),
  );
});

Deno.test("exporting and erasing a contact covers the client who is that person, and leaves a company alone", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { body: person } = await call("POST", "/api/clients", {
    ...ESPIGA,
    kind: "person",
    name: "Eva Secreta",
  });
  const left = await call("POST", `/api/clients/${person.id}/sites`, {
    name: "Antes",
    address: "Calle Vieja 4",
  });
  await call("DELETE", `/api/sites/${left.body.id}`);
  await call("POST", `/api/clients/${person.id}/sites`, { name: "Casa", address: "Calle Privada 9" });
  const { body: eva } = await call("POST", `/api/clients/${person.id}/contacts`, { email: "eva@x.example" });
  const { body: company } = await call("POST", "/api/clients", { name: "Empresa" });
  const { body: luis } = await call("POST", `/api/clients/${company.id}/contacts`, {
    email: "luis@x.example",
  });
  const exported = (await call("GET", `/api/contacts/${eva.id}/export`)).body;
  assert.equal(exported.client.name, "Eva Secreta");
  const addresses = exported.client.sites.map(({ address }: { address: string }) => address);
  assert.deepEqual(addresses, ["Calle Privada 9", "Calle Vieja 4"], "also one that was removed");
  assert.equal((await call("GET", `/api/contacts/${luis.id}/export`)).body.client.name, "Empresa");
  for (const { id } of [eva, luis]) assert.equal((await call("DELETE", `/api/contacts/${id}`)).status, 200);
  assert.equal((await call("GET", `/api/clients/${person.id}`)).status, 404);
  assert.equal((await call("GET", `/api/clients/${company.id}`)).status, 200);
  assert.deepEqual((await call("GET", `/api/clients/${company.id}/contacts`)).body.data, []);
  for (const table of ["clients", "sites", "client_terms", "audit_log"]) {
    const rows = await h.ports.database.client.execute(`select * from ${table}`);
    assert.ok(!/Secreta|Privada|Vieja|secreta|1042/.test(JSON.stringify(rows.rows)), table);
  }
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
