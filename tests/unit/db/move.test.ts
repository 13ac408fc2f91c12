import assert from "node:assert/strict";
import { moveAt } from "../../../db/move.ts";
import { harness } from "../../support/harness.ts";

Deno.test("of a key as many rows move or go as are asked for, and the others wait for their turn", async () => {
  await using h = await harness();
  const { ctx, workspaceId } = await h.person();
  const put = (owner: string, category: string) =>
    h.ports.database.client.execute({
      sql: `insert into notification_preferences (workspace_id, owner_id, category, channel, enabled)
        values (?, ?, ?, 'email', 1)`,
      args: [workspaceId, owner, category],
    });
  for (const category of ["a", "b", "c", "d", "e"]) await put("from", category);
  await put("into", "b");
  const owners = async () => {
    const { rows } = await h.ports.database.client.execute({
      sql: "select owner_id, category from notification_preferences where workspace_id = ? order by 2, 1",
      args: [workspaceId],
    });
    return rows.map((row) => `${row.category} ${row.owner_id}`);
  };
  const place = { table: "notification_preferences", column: "owner_id", as: "key" } as const;
  const move = () => ctx.transact((tx) => moveAt(tx, { ...place, from: "from", into: "into", most: 2 }));

  assert.equal(await move(), 2);
  assert.deepEqual(await owners(), ["a into", "b into", "c from", "d from", "e from"]);
  assert.deepEqual([await move(), await move(), await move()], [2, 1, 0]);
  assert.deepEqual(await owners(), ["a into", "b into", "c into", "d into", "e into"]);
});
