import assert from "node:assert/strict";
import { harness } from "../../support/harness.ts";

Deno.test("what refers to a row that can be deleted has an index that begins with that", async () => {
  await using h = await harness();
  const { client } = h.ports.database;
  const { rows } = await client.execute(`
    select m.name as child, f."from" as field from sqlite_schema m join pragma_foreign_key_list(m.name) f
    where m.type = 'table' and f.seq = 0 and not exists (
      select 1 from pragma_index_list(m.name) l join pragma_index_info(l.name) i
      where l.partial = 0 and i.seqno = 0 and i.name = f."from")`);
  // Operators, clients and visits are never deleted, only marked; policies are a few to a workspace.
  const fine = [
    "sla_policies.calendar_id",
    "team_members.operator_id",
    "client_contacts.client_id",
    "sites.client_id",
    "visit_photos.visit_id",
    "visit_steps.visit_id",
  ];
  const found = rows.map(({ child, field }) => `${child}.${field}`);
  assert.deepEqual(found.filter((one) => !fine.includes(one)), []);
});
