import assert from "node:assert/strict";
import { createFileDatabase } from "../../../lib/adapters/db/file.ts";
import { startOwner } from "../../support/owner-process.ts";

const KILLS = 4;

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
