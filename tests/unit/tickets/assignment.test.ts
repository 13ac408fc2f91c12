import assert from "node:assert/strict";
import { harness } from "../../support/harness.ts";
import { deskOf } from "../../support/desk.ts";

async function migrationNamed(name: string): Promise<string> {
  const folder = new URL("../../../db/migrations/", import.meta.url);
  const file = (await Array.fromAsync(Deno.readDir(folder))).find((one) => one.name.endsWith(`_${name}.sql`));
  assert.ok(file);
  return await Deno.readTextFile(new URL(file.name, folder));
}

Deno.test("an assignment takes little room in its ticket, and is explained with the operators' names of today", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  const names = Array.from({ length: 12 }, (_, at) => `Operadora de la mesa de atención número ${at}`);
  for (const name of names) await desk.operator(name);
  const ticket = await desk.open();
  const { client } = h.ports.database;
  const { rows } = await client.execute("select assignment from tickets");
  assert.ok(String(rows[0]?.["assignment"]).length < 900, String(rows[0]?.["assignment"]));
  const { body } = await desk.call("GET", `/api/tickets/${ticket.id}/assignment`);
  const { explanation, at } = body.assignment;
  assert.equal(explanation.length, 10);
  assert.deepEqual([explanation[0].operator_id, explanation[0].outcome], [ticket.assignee_id, "chosen"]);
  assert.equal(at, ticket.created_at);
  for (const { name, outcome, fit, load, capacity, waiting_since } of explanation) {
    assert.ok(names.includes(name));
    assert.match(outcome, /^(chosen|free)$/);
    assert.ok(fit > 0 && load === 0 && capacity > 0);
    assert.ok(Date.parse(waiting_since) <= Date.parse(at));
  }
  await desk.call("PUT", `/api/operators/${ticket.assignee_id}`, { name: "Ana" });
  await desk.call("DELETE", `/api/operators/${explanation[1].operator_id}`);
  const after = (await desk.call("GET", `/api/tickets/${ticket.id}/assignment`)).body.assignment.explanation;
  assert.deepEqual(
    [after[0].name, after[1].name],
    ["Ana", explanation[1].name],
    "who is gone keeps the name",
  );
});

Deno.test("assignments that were kept in full say the same after the migration that shortens them", async () => {
  await using h = await harness();
  const desk = deskOf(h, await h.person());
  for (const name of ["Ana", "Luis"]) await desk.operator(name, { skills: [{ name: "frio", level: 3 }] });
  h.clock.advance(1234);
  const assigned = await desk.open();
  const given = await desk.open({ assignee_id: assigned.assignee_id });
  const read = async ({ id }: { id: string }) =>
    (await desk.call("GET", `/api/tickets/${id}/assignment`)).body.assignment;
  const { client, exec } = h.ports.database;
  const before = [await read(assigned), await read(given)];
  for (const [at, { id }] of [assigned, given].entries()) {
    const args = [JSON.stringify(before[at]), id];
    await client.execute({ sql: "update tickets set assignment = ? where id = ?", args });
  }
  const migration = await migrationNamed("shorter_assignments");
  for (let run = 0; run < 2; run++) {
    await exec(migration);
    assert.deepEqual([await read(assigned), await read(given)], before);
  }
});
