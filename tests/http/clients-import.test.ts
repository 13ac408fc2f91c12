import assert from "node:assert/strict";
import { auditLog } from "../../db/schema/log.ts";
import { harness } from "../support/harness.ts";
import { caller, paths } from "./caller.ts";
import { ESPIGA, names } from "./clients-world.ts";

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

Deno.test("a contract that an import changes half of must not end before the other half begins", async () => {
  await using h = await harness();
  const call = caller(h, await h.person());
  const { contract } = (await call("POST", "/api/clients", ESPIGA)).body;
  const csv = `external_id,name,contract_ends\n${ESPIGA.external_id},Otra,2025-06-30\n`;
  const report = (await call("POST", "/api/clients/import", { csv })).body;
  const lines = report.errors.map(({ line, column }: { line: number; column: string }) => [line, column]);
  assert.deepEqual([report.updated, report.failed, lines], [0, 1, [[2, "contract_ends"]]]);
  const [after] = (await call("GET", "/api/clients")).body.data;
  assert.deepEqual([after.name, after.contract], [ESPIGA.name, contract]);
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
  const open = 'id,nombre\nb-2,Eva\nb-3,"Luis\nb-4,Rosa\n';
  const torn = (await call("POST", "/api/clients/import", { csv: open })).body;
  assert.deepEqual([torn.created, torn.failed, torn.errors.length, torn.errors[0].line], [1, 1, 1, 3]);
  assert.match(torn.errors[0].message, /never closes.*not read/);
  const headless = await call("POST", "/api/clients/import", { csv: 'id,"nombre\nb-5,Eva\n' });
  assert.equal(headless.status, 422);
  assert.match(headless.body.errors[0].message, /header that opens a quote that never closes/);
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
