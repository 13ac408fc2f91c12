import { createClient } from "@libsql/client/web";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql/web";
import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import assert from "node:assert/strict";
import { serveHrana } from "../../lib/adapters/db/hrana-server.ts";
import { isUniqueViolation } from "../../lib/kernel/errors.ts";
import { openNotes } from "../support/file-database.ts";

const notes = sqliteTable("notes", {
  id: integer("id").primaryKey(),
  body: text("body").unique(),
  data: text("data", { mode: "json" }).$type<unknown>(),
  bytes: blob("bytes", { mode: "buffer" }),
  at: integer("at", { mode: "timestamp_ms" }),
});

/** libSQL's own client and drizzle's own driver, as another program would use them. */
async function withStock(
  run: (stock: { db: ReturnType<typeof drizzle>; client: ReturnType<typeof createClient> }) => Promise<void>,
): Promise<void> {
  await using file = await openNotes();
  await file.database.exec("alter table notes add column data text; alter table notes add column bytes blob");
  await file.database.exec("alter table notes add column at integer");
  const endpoint = serveHrana(file.database, { token: "stock" });
  const client = createClient({ url: endpoint.url, authToken: "stock" });
  try {
    await run({ db: drizzle({ client }), client });
  } finally {
    client.close();
    await endpoint.shutdown();
  }
}

Deno.test("libSQL's own web client and drizzle's own driver keep every type over Hrana", () =>
  withStock(async ({ db }) => {
    const row = { id: 1, body: "ñ", data: { a: [1, null] }, bytes: Buffer.from([0, 9]), at: new Date(1234) };
    assert.deepEqual(await db.insert(notes).values(row).returning(), [row]);
    assert.deepEqual(await db.select().from(notes).get(), row);
    assert.equal((await db.update(notes).set({ body: null })).rowsAffected, 1);
  }));

Deno.test("libSQL's own web client commits, rolls back and nests transactions over Hrana", () =>
  withStock(async ({ db }) => {
    await db.transaction(async (tx) => {
      await tx.insert(notes).values({ id: 1, body: "kept" });
      await assert.rejects(tx.transaction(async (inner) => {
        await inner.insert(notes).values({ id: 2, body: "undone" });
        inner.rollback();
      }));
    });
    await assert.rejects(db.transaction(async (tx) => {
      await tx.delete(notes);
      tx.rollback();
    }));
    assert.deepEqual((await db.select().from(notes)).map(({ body }) => body), ["kept"]);
  }));

Deno.test("libSQL's own web client runs batches whole or not at all over Hrana", () =>
  withStock(async ({ db, client }) => {
    const insert = (id: number) => db.insert(notes).values({ id, body: `n${id}` });
    const [, , rows] = await db.batch([insert(1), insert(2), db.select({ id: notes.id }).from(notes)]);
    assert.deepEqual(rows, [{ id: 1 }, { id: 2 }]);
    await assert.rejects(db.batch([insert(3), insert(1)]), isUniqueViolation);
    await client.executeMultiple("insert into notes (id) values (7); delete from notes where id = 1;");
    assert.deepEqual((await db.select({ id: notes.id }).from(notes).orderBy(notes.id)).map(({ id }) => id), [
      2,
      7,
    ]);
  }));

Deno.test("an abandoned transaction of libSQL's own web client leaves nothing behind over Hrana", () =>
  withStock(async ({ db, client }) => {
    const abandoned = await client.transaction("write");
    await abandoned.execute("insert into notes (id) values (1)");
    abandoned.close();
    await db.insert(notes).values({ id: 2 });
    assert.deepEqual(await db.select({ n: sql<number>`count(*)` }).from(notes).where(eq(notes.id, 1)), [{
      n: 0,
    }]);
  }));
