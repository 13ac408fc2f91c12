import assert from "node:assert/strict";
import { harness } from "../../support/harness.ts";
import { tablesOf } from "../../support/tables.ts";
import { DECIDED, LEADS } from "./tables.ts";

Deno.test("what becomes of a person's data is decided for every table, and for every column that leads to one", async () => {
  await using h = await harness();
  const tables = await tablesOf(h);
  assert.deepEqual(Object.keys(DECIDED).sort(), [...tables.keys()].sort(), "decide about it in tables.ts");
  for (const [table, columns] of tables) {
    const leading = columns.filter((column) => LEADS.test(column));
    const decided = DECIDED[table]?.columns ?? [];
    assert.deepEqual([...decided].sort(), leading.sort(), `${table}: decide about its columns in tables.ts`);
  }
});
