import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { writePdf } from "../../lib/adapters/tables/pdf.ts";
import { writeXlsx } from "../../lib/adapters/tables/xlsx.ts";
import type { Table } from "../../lib/ports/tables.ts";
import { DATASETS } from "../../lib/reports/datasets.ts";
import { talk } from "./reports-world.ts";

Deno.test("a report comes as a PDF, also where a name has letters that the standard fonts lack", async () => {
  await using h = await harness({ ports: { tables: { xlsx: writeXlsx, pdf: writePdf } } });
  const ana = await h.person();
  await talk(h, ana, ["Ñandú 😀"]);
  const pdf = await h.request("GET", "/api/reports/conversations?format=pdf", { token: ana.token });
  assert.equal(pdf.status, 200);
  assert.match(pdf.body, /^%PDF-1\.\d[\s\S]*%%EOF\s*$/);
});

Deno.test("a report is in the first language of the business, of whichever country", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const titleIn = async (language: string) => {
    const business = { token, body: { languages: [language] } };
    assert.equal((await h.request("PUT", "/api/business/config", business)).status, 200);
    const { body } = await h.request("GET", "/api/reports/tickets?format=json&columns=priority", { token });
    return body.columns[0].label;
  };
  assert.deepEqual([await titleIn("en-GB"), await titleIn("es-MX")], ["Priority", "Prioridad"]);
});

Deno.test("a sheet says states and the like in its language, also grouped; JSON and CSV keep their names", async () => {
  const sheet = async function* ({ columns, batches }: Table) {
    for await (const rows of batches) {
      yield new TextEncoder().encode(JSON.stringify({ columns: columns.map(({ label }) => label), rows }));
    }
  };
  await using h = await harness({ ports: { tables: { xlsx: sheet, pdf: writePdf } } });
  const ana = await h.person();
  await h.request("POST", "/api/tickets", { token: ana.token, body: { subject: "Fuga", priority: "high" } });
  const ask = async (format: string, language: string, more = {}) => {
    const body = { dataset: "tickets", columns: ["state", "priority", "subject"], format, language, ...more };
    return (await h.request("POST", "/api/reports/custom", { token: ana.token, body })).body;
  };
  assert.deepEqual(JSON.parse(await ask("xlsx", "es")).rows, [["nuevo", "alta", "Fuga"]]);
  assert.deepEqual(JSON.parse(await ask("xlsx", "en")).rows, [["new", "high", "Fuga"]]);
  const grouped = { columns: undefined, group_by: [{ column: "priority" }] };
  assert.deepEqual(JSON.parse(await ask("xlsx", "es", grouped)).rows, [["alta", 1]]);
  const json = await ask("json", "es");
  assert.deepEqual([json.data[0].state, json.data[0].priority], ["new", "high"]);
  assert.deepEqual(json.columns[0], { key: "state", label: "Estado", kind: "text" });
  assert.match(await ask("csv", "es"), /new,high,Fuga/);
  for (const [name, { columns }] of Object.entries(DATASETS)) {
    for (const key of ["state", "priority", "source", "direction", "channel", "promise"]) {
      assert.ok(columns[key] === undefined || columns[key].choices !== undefined, `${name}.${key}`);
    }
  }
});
