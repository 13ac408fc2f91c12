import assert from "node:assert/strict";
import { createFileDatabase } from "../../../lib/adapters/db/file.ts";
import { openNotes } from "../../support/file-database.ts";
import { startOwner } from "../../support/owner-process.ts";

const KILLS = 4;
const CUTS = 25;

Deno.test("a kill loses nothing that was acknowledged and leaves no half transaction", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-kill-" });
  const path = `${folder}/kill.db`;
  const acknowledged = new Set<number>();
  try {
    for (let round = 0; round < KILLS; round++) {
      const owner = await startOwner(path, { load: true });
      // Killed at a count, not at a time: the moment within a group is random all the same.
      while (owner.acknowledged.length < 40 + Math.random() * 200) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await owner.kill();
      for (const n of owner.acknowledged) acknowledged.add(n);

      const database = await createFileDatabase({ path });
      const numbers = async (table: string) =>
        new Set((await database.client.execute(`select n from ${table}`)).rows.map(({ n }) => Number(n)));
      const [acks, twins] = [await numbers("acks"), await numbers("twins")];
      const check = await database.client.execute("pragma integrity_check");
      await database.close();
      assert.equal(check.rows[0]?.integrity_check, "ok");
      assert.equal(acks.symmetricDifference(twins).size, 0);
      assert.equal(acknowledged.difference(acks).size, 0);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a log that is cut anywhere gives back whole transactions, in order from the first", async () => {
  await using notes = await openNotes();
  const copy = `${notes.folder}/copy`;
  await Deno.mkdir(copy);
  for (let group = 0; group < 12; group++) {
    await Promise.all(Array.from({ length: 5 }, () =>
      notes.database.transact(async (tx) => {
        // One row in two statements: half of it would be a row without a body.
        await tx.run("insert into notes (body) values (null)");
        await tx.run("update notes set body = 'n' || id where body is null");
      })));
  }
  // By another process: a descriptor of the live file must not be closed in this one.
  const copied = await new Deno.Command("cp", { args: [notes.path, `${notes.path}-wal`, copy] }).output();
  assert.ok(copied.success);
  const log = await Deno.readFile(`${copy}/notes.db-wal`);
  const file = await Deno.readFile(`${copy}/notes.db`);
  const seen = new Set<number>();
  for (let cut = 0; cut <= CUTS; cut++) {
    const path = `${copy}/${cut}.db`;
    await Deno.writeFile(path, file);
    await Deno.writeFile(`${path}-wal`, log.subarray(0, Math.floor((log.length * cut) / CUTS)));
    const database = await createFileDatabase({ path });
    const exists = await database.client.execute("select 1 from sqlite_master where name = 'notes'");
    const rows = exists.rows.length === 0
      ? []
      : (await database.client.execute("select * from notes order by id")).rows;
    await database.close();
    assert.deepEqual(rows.map(({ id, body }) => [id, body]), rows.map((_, i) => [i + 1, `n${i + 1}`]));
    seen.add(rows.length);
  }
  assert.ok(seen.has(60) && seen.size > 5, `${[...seen]}`);
});
