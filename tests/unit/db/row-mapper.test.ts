import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { blob, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { drizzleOn } from "../../../lib/adapters/db/drizzle.ts";
import { createClient } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql";
import { openNotes } from "../../support/file-database.ts";

const things = sqliteTable("things", {
  id: text("id").primaryKey(),
  on: integer("on", { mode: "boolean" }),
  at: integer("at", { mode: "timestamp_ms" }),
  data: text("data", { mode: "json" }).$type<{ a: number }>(),
  bytes: blob("bytes"),
  parent: text("parent"),
});

Deno.test("rows are what stock drizzle makes of them: flat, nested, computed, null, JSON, dates and blobs", async () => {
  await using notes = await openNotes();
  await notes.database.exec(
    'create table things(id text primary key, "on" integer, at integer, data text, bytes blob, parent text)',
  );
  const { client } = notes.database;
  const ours = drizzleOn(client);
  await ours.insert(things).values([
    { id: "a", on: true, at: new Date(5), data: { a: 1 }, bytes: new Uint8Array([1, 2]), parent: null },
    { id: "b", on: false, at: null, data: null, bytes: null, parent: "a" },
  ]);
  const stock = drizzle({ client: createClient({ url: `file:${notes.database.path}` }) });
  const queries = [
    (db: typeof ours) => db.select().from(things).orderBy(things.id),
    (db: typeof ours) =>
      db.select({ id: things.id, on: things.on, at: things.at, data: things.data }).from(things),
    (db: typeof ours) =>
      db.select({ n: sql<number>`count(*)`, top: sql`max(${things.at})`.mapWith(things.at) }).from(things),
    (db: typeof ours) =>
      db.select({ up: sql<string>`upper(${things.id})`.as("up") }).from(things).where(eq(things.id, "b")),
    (db: typeof ours) => db.select({ thing: { id: things.id, on: things.on }, id: things.id }).from(things),
    (db: typeof ours) => db.select({ id: things.id }).from(things).where(eq(things.id, "none")),
  ];
  for (const query of queries) {
    // The stock builder has the same methods; the types of the two differ in the session only.
    assert.deepEqual(await query(ours), await query(stock as unknown as typeof ours));
    assert.deepEqual(await query(ours).get(), await query(stock as unknown as typeof ours).get());
  }
  stock.$client.close();
});
