import { eq, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import assert from "node:assert/strict";
import { statement } from "../../../db/statement.ts";
import { openNotes } from "../../support/file-database.ts";

const notes = sqliteTable("notes", { id: integer("id").primaryKey(), body: text("body") });
let builds = 0;
const insertNote = statement((db) => {
  builds++;
  return db.insert(notes).values({ body: sql.placeholder("body") }).returning().prepare();
});
const noteByBody = statement((db) =>
  db.select({ id: notes.id }).from(notes).where(eq(notes.body, sql.placeholder("body"))).prepare()
);

Deno.test("statement builds its query once a database", async () => {
  await using one = await openNotes();
  await using two = await openNotes();
  builds = 0;
  for (const { database } of [one, two]) {
    const at = { db: database.db, ports: { database } };
    for (const body of ["a", "b", "c"]) assert.equal((await insertNote(at, { body }))[0]?.body, body);
    await database.transact((tx) => insertNote({ ...at, db: tx }, { body: "d" }));
  }
  assert.equal(builds, 2);
});

Deno.test("statement runs in the transaction that it is handed, and only there", async () => {
  await using one = await openNotes();
  const { database } = one;
  const at = { db: database.db, ports: { database } };
  await assert.rejects(
    database.transact(async (tx) => {
      const inside = { ...at, db: tx };
      await insertNote(inside, { body: "x" });
      assert.equal((await noteByBody(inside, { body: "x" })).length, 1);
      await tx.transaction(async (nested) => {
        assert.equal((await noteByBody({ ...at, db: nested }, { body: "x" })).length, 1);
      });
      assert.equal((await noteByBody(at, { body: "x" })).length, 0);
      throw new Error("undo");
    }),
    /undo/,
  );
  assert.equal((await noteByBody(at, { body: "x" })).length, 0);
});

Deno.test("statement serves many transactions at once without mixing their values", async () => {
  await using one = await openNotes();
  const { database } = one;
  const at = { db: database.db, ports: { database } };
  const ids = await Promise.all(Array.from({ length: 100 }, (_, i) =>
    database.transact(async (tx) => {
      const inside = { ...at, db: tx };
      const [row] = await insertNote(inside, { body: `n${i}` });
      assert.deepEqual(await noteByBody(inside, { body: `n${i}` }), [{ id: row?.id }]);
      return row?.id;
    })));
  assert.equal(new Set(ids).size, 100);
});

Deno.test("statement rejects a missing value instead of reusing the one before", async () => {
  await using one = await openNotes();
  const at = { db: one.database.db, ports: { database: one.database } };
  await insertNote(at, { body: "a" });
  await assert.rejects(insertNote(at), /No value for placeholder "body"/);
  assert.deepEqual(await one.bodies(), ["a"]);
});

Deno.test("a client statement with fewer values than before does not see the earlier ones", async () => {
  await using one = await openNotes();
  const { client } = one.database;
  const text = "select ? as a, ? as b";
  await client.execute({ sql: text, args: ["secret", "secret"] });
  assert.deepEqual({ ...(await client.execute({ sql: text, args: ["mine"] })).rows[0] }, {
    a: "mine",
    b: null,
  });
});
