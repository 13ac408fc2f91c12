import type { Client } from "@libsql/client";
import { eq, sql } from "drizzle-orm";
import { blob, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { statement, statementBlind, statementLate } from "../../db/statement.ts";
import type { FileDatabase } from "../../lib/adapters/db/file.ts";
import type { Database, Db } from "../../lib/ports/db.ts";

export interface Subject {
  readonly database: Database & { readonly client: Client };
  /** The file beneath, where limits are set. */
  readonly file: FileDatabase;
  close(): Promise<void>;
}

export interface SubjectOptions {
  /** How long the file waits for a lock, milliseconds. */
  readonly busyTimeoutMs: number;
}

/** A test of one criterion, with a database of its own that has the table; a busy machine does not make it busy. */
export type Test = (
  criterion: string,
  run: (subject: Subject) => Promise<void>,
  options?: Partial<SubjectOptions>,
) => void;

export const items = sqliteTable("items", {
  id: text("id").primaryKey(),
  name: text("name").notNull().unique(),
  count: integer("count").notNull().default(0),
  done: integer("done", { mode: "boolean" }),
  data: text("data", { mode: "json" }).$type<unknown>(),
  bytes: blob("bytes", { mode: "buffer" }),
  big: blob("big", { mode: "bigint" }),
  price: real("price"),
});
export const TABLE = `create table items (
  id text primary key, name text not null unique, count integer not null default 0, done integer, data text,
  bytes blob, big blob, price real
)`;

export const insertItem = statement((db) =>
  db.insert(items).values({
    id: sql.placeholder("id"),
    name: sql.placeholder("name"),
    data: sql.placeholder("data"),
  })
    .prepare()
);
export const addBlind = statementBlind((db) =>
  db.insert(items).values({
    id: sql.placeholder("id"),
    name: sql.placeholder("name"),
    data: sql.placeholder("data"),
  }).prepare()
);
export const addLate = statementLate((db) =>
  db.insert(items).values({ id: sql.placeholder("id"), name: sql.placeholder("name") })
    .returning({ id: items.id, name: items.name }).prepare()
);
export const countUp = statementLate((db) =>
  db.update(items).set({ count: sql`${items.count} + 1` }).where(eq(items.id, sql.placeholder("id")))
    .prepare()
);
export const itemById = statement((db) =>
  db.select().from(items).where(eq(items.id, sql.placeholder("id"))).prepare()
);

export const count = async (db: Db) => (await db.select({ n: sql<number>`count(*)` }).from(items))[0]?.n;
