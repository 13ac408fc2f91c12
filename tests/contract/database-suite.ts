import type { Client } from "@libsql/client";
import Native from "libsql";
import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { blob, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { blind, statement, statementBlind, statementLate } from "../../db/statement.ts";
import type { FileDatabase } from "../../lib/adapters/db/file.ts";
import { AppError, isUniqueViolation } from "../../lib/kernel/errors.ts";
import type { Database, Db } from "../../lib/ports/db.ts";

export interface Subject {
  readonly database: Database & { readonly client: Client };
  /** The file beneath, where limits are set. */
  readonly file: FileDatabase;
  close(): Promise<void>;
}

const items = sqliteTable("items", {
  id: text("id").primaryKey(),
  name: text("name").notNull().unique(),
  count: integer("count").notNull().default(0),
  done: integer("done", { mode: "boolean" }),
  data: text("data", { mode: "json" }).$type<unknown>(),
  bytes: blob("bytes", { mode: "buffer" }),
  big: blob("big", { mode: "bigint" }),
  price: real("price"),
});
const TABLE = `create table items (
  id text primary key, name text not null unique, count integer not null default 0, done integer, data text,
  bytes blob, big blob, price real
)`;

const insertItem = statement((db) =>
  db.insert(items).values({
    id: sql.placeholder("id"),
    name: sql.placeholder("name"),
    data: sql.placeholder("data"),
  })
    .prepare()
);
const addBlind = statementBlind((db) =>
  db.insert(items).values({
    id: sql.placeholder("id"),
    name: sql.placeholder("name"),
    data: sql.placeholder("data"),
  }).prepare()
);
const addLate = statementLate((db) =>
  db.insert(items).values({ id: sql.placeholder("id"), name: sql.placeholder("name") })
    .returning({ id: items.id, name: items.name }).prepare()
);
const countUp = statementLate((db) =>
  db.update(items).set({ count: sql`${items.count} + 1` }).where(eq(items.id, sql.placeholder("id")))
    .prepare()
);
const itemById = statement((db) =>
  db.select().from(items).where(eq(items.id, sql.placeholder("id"))).prepare()
);

/** What every adapter of the database port promises. */
export function describeDatabase(name: string, open: () => Promise<Subject>): void {
  const test = (criterion: string, run: (subject: Subject) => Promise<void>) =>
    Deno.test(`database (${name}): ${criterion}`, async () => {
      const subject = await open();
      try {
        await subject.database.client.execute(TABLE);
        await run(subject);
      } finally {
        await subject.close();
      }
    });
  const count = async (db: Db) => (await db.select({ n: sql<number>`count(*)` }).from(items))[0]?.n;

  test("drizzle's builder inserts, reads, updates and deletes", async ({ database: { db } }) => {
    await db.insert(items).values([{ id: "a", name: "one" }, { id: "b", name: "two", count: 2 }]);
    const updated = await db.update(items).set({ count: 7 }).where(eq(items.id, "a")).returning();
    assert.deepEqual(updated.map(({ id, count }) => ({ id, count })), [{ id: "a", count: 7 }]);
    const { rowsAffected } = await db.update(items).set({ count: 8 });
    assert.equal(rowsAffected, 2);
    await db.delete(items).where(eq(items.id, "b"));
    const row = await db.select().from(items).get();
    assert.equal(row?.count, 8);
    assert.equal(await db.select().from(items).where(eq(items.id, "none")).get(), undefined);
    assert.deepEqual(await db.all(sql`select id, count as n from items`), [{ id: "a", n: 8 }]);
    assert.equal(await db.get(sql`select id from items where id = 'none'`), undefined);
  });

  test("keeps every type as it was given", async ({ database: { db } }) => {
    const row = {
      id: "t",
      name: "ñandú 🦤",
      count: Number.MAX_SAFE_INTEGER,
      done: false,
      data: { list: [1, "dos", null], deep: { ok: true } },
      bytes: Buffer.from([0, 255, 7]),
      big: 9_007_199_254_740_993n,
      price: 0.1,
    };
    await db.insert(items).values(row);
    assert.deepEqual(await db.select().from(items).get(), row);
    const empty = {
      id: "n",
      name: "",
      count: 0,
      done: null,
      data: null,
      bytes: null,
      big: null,
      price: null,
    };
    await db.insert(items).values(empty);
    assert.deepEqual(await db.select().from(items).where(eq(items.id, "n")).get(), empty);
  });

  test("binds bigints, booleans, dates and blobs given to the client itself", async ({ database: { client } }) => {
    const args = [5n, true, new Date(77), new Uint8Array([1, 2]), null];
    const { rows: [row] } = await client.execute({
      sql: "select ? as a, ? as b, ? as c, hex(?) as d, ? as e",
      args,
    });
    assert.deepEqual({ ...row }, { a: 5, b: 1, c: 77, d: "0102", e: null });
    const named = await client.execute({ sql: "select :x as x, $y as y", args: { x: "1", y: "2" } });
    assert.deepEqual({ ...named.rows[0] }, { x: "1", y: "2" });
  });

  test("refuses an integer that a number would round", async ({ database: { client } }) => {
    await client.execute({
      sql: "insert into items (id, name, count) values ('a', 'a', ?)",
      args: [2n ** 60n],
    });
    await assert.rejects(client.execute("select count from items"), /too large/);
  });

  test("a statement prepared once runs in and out of transactions", async ({ database }) => {
    const at = { db: database.db, ports: { database } };
    await insertItem(at, { id: "a", name: "a", data: { n: 1 } });
    await assert.rejects(
      database.transact(async (tx) => {
        await insertItem({ ...at, db: tx }, { id: "b", name: "b", data: [2] });
        assert.deepEqual((await itemById({ ...at, db: tx }, { id: "b" }))[0]?.data, [2]);
        throw new Error("undo");
      }),
      /undo/,
    );
    assert.deepEqual((await itemById(at, { id: "a" }))[0]?.data, { n: 1 });
    assert.deepEqual(await itemById(at, { id: "b" }), []);
    await assert.rejects(insertItem(at, { id: "c", name: "c" }), /No value for placeholder "data"/);
  });

  test("transact gives back what the work returns and keeps all of it", async ({ database }) => {
    const given = await database.transact(async (tx) => {
      await tx.insert(items).values({ id: "a", name: "a" });
      await tx.insert(items).values({ id: "b", name: "b" });
      return { rows: await count(tx) };
    });
    assert.deepEqual(given, { rows: 2 });
    assert.equal(await count(database.db), 2);
  });

  test("transact keeps nothing of work that throws", async ({ database }) => {
    const work = database.transact(async (tx) => {
      await tx.insert(items).values({ id: "a", name: "a" });
      throw new AppError("conflict", "no");
    });
    await assert.rejects(work, (thrown) => thrown instanceof AppError && thrown.code === "conflict");
    assert.equal(await count(database.db), 0);
  });

  test("a blind write is seen by what its transaction reads next, and kept with it", async ({ database }) => {
    const at = { db: database.db, ports: { database } };
    await database.transact(async (tx) => {
      await addBlind({ ...at, db: tx }, { id: "a", name: "a", data: [1] });
      assert.equal(await count(tx), 1);
      await blind(tx.update(items).set({ count: 5 }).where(eq(items.id, "a")));
      await addBlind({ ...at, db: tx }, { id: "b", name: "b", data: null });
    });
    assert.deepEqual((await database.db.select().from(items)).map(({ id, count }) => [id, count]), [
      ["a", 5],
      ["b", 0],
    ]);
  });

  test("a blind write that fails, first, last or before a read, keeps nothing of its transaction", async ({ database }) => {
    const at = { db: database.db, ports: { database } };
    await database.db.insert(items).values({ id: "a", name: "a" });
    const add = (tx: Db, id: string) => addBlind({ ...at, db: tx }, { id, name: id, data: null });
    const works: ((tx: Db) => Promise<unknown>)[] = [
      async (tx) => {
        await add(tx, "a");
        await add(tx, "b");
      },
      async (tx) => {
        await add(tx, "b");
        await add(tx, "a");
      },
      async (tx) => {
        await add(tx, "a");
        await tx.select().from(items);
        await add(tx, "b");
      },
    ];
    for (const work of works) {
      await assert.rejects(database.transact(work), isUniqueViolation);
      assert.equal(await count(database.db), 1);
    }
  });

  test("what a late write gave is told after the commit", async ({ database }) => {
    const at = { db: database.db, ports: { database } };
    const [rows, changed] = await database.transact(async (tx) => {
      const inside = { ...at, db: tx };
      return [await addLate(inside, { id: "a", name: "ñ" }), await countUp(inside, { id: "a" })] as const;
    });
    assert.deepEqual(rows(), [{ id: "a", name: "ñ" }]);
    assert.equal(changed().rowsAffected, 1);
  });

  test("reads asked for at once are told apart, and one that fails fails alone", async ({ database }) => {
    const at = { db: database.db, ports: { database } };
    await database.db.insert(items).values([{ id: "a", name: "a" }, { id: "b", name: "b" }]);
    const together = (db: Db) =>
      Promise.allSettled([
        itemById({ ...at, db }, { id: "b" }),
        db.all(sql`select * from nowhere`),
        db.select({ n: sql<number>`count(*)` }).from(items),
      ]);
    for (const told of [await together(database.db), await database.transact(together)]) {
      assert.deepEqual(told.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
      const [one, , all] = told.map((each) => each.status === "fulfilled" ? each.value : null);
      assert.deepEqual([one?.length, all], [1, [{ n: 2 }]]);
    }
  });

  test("a nested transaction that rolls back leaves the outer one whole", async ({ database }) => {
    await database.transact(async (tx) => {
      await tx.insert(items).values({ id: "outer", name: "outer" });
      await assert.rejects(
        tx.transaction(async (inner) => {
          await inner.insert(items).values({ id: "inner", name: "inner" });
          throw new Error("inner only");
        }),
        /inner only/,
      );
      await tx.transaction(async (inner) => {
        await inner.insert(items).values({ id: "kept", name: "kept" });
      });
    });
    assert.deepEqual((await database.db.select().from(items)).map(({ id }) => id), ["outer", "kept"]);
  });

  test("drizzle's own transaction on the database commits and rolls back", async ({ database: { db } }) => {
    await db.transaction(async (tx) => {
      await tx.insert(items).values({ id: "a", name: "a" });
    });
    await assert.rejects(db.transaction(async (tx) => {
      await tx.delete(items);
      tx.rollback();
    }));
    assert.equal(await count(db), 1);
  });

  test("a unique violation is recognised and leaves the transaction usable", async ({ database }) => {
    await database.db.insert(items).values({ id: "a", name: "a" });
    for (const again of [{ id: "a", name: "b" }, { id: "b", name: "a" }]) {
      await assert.rejects(database.db.insert(items).values(again), isUniqueViolation);
      await database.transact(async (tx) => {
        await assert.rejects(tx.insert(items).values(again), isUniqueViolation);
        await tx.update(items).set({ count: 3 });
      });
    }
    await assert.rejects(
      database.db.insert(items).values({ id: "c", name: sql`null` }),
      (thrown) => !isUniqueViolation(thrown),
    );
    assert.equal((await database.db.select().from(items).get())?.count, 3);
  });

  test("concurrent transactions lose no update", async ({ database }) => {
    await database.db.insert(items).values({ id: "a", name: "a" });
    await Promise.all(Array.from({ length: 24 }, () =>
      database.transact(async (tx) => {
        const row = await tx.select().from(items).get();
        await tx.update(items).set({ count: (row?.count ?? 0) + 1 });
      })));
    assert.equal((await database.db.select().from(items).get())?.count, 24);
  });

  test("a batch is all or nothing", async ({ database: { client } }) => {
    const insert = (id: string) => ({ sql: "insert into items (id, name) values (?, ?)", args: [id, id] });
    const results = await client.batch(
      [insert("a"), insert("b"), "select count(*) as n from items"],
      "write",
    );
    assert.equal(results[2]?.rows[0]?.n, 2);
    await assert.rejects(client.batch([insert("c"), insert("a")], "write"), isUniqueViolation);
    assert.equal((await client.execute("select count(*) as n from items")).rows[0]?.n, 2);
  });

  test("a lock held by another program is waited for, then told as busy", async ({ database, file }) => {
    const other = new Native(file.path, { timeout: 0 });
    other.exec("begin immediate");
    await assert.rejects(
      database.transact((tx) => tx.insert(items).values({ id: "a", name: "a" })),
      (thrown) => thrown instanceof AppError && thrown.code === "busy" && (thrown.retryAfterMs ?? 0) > 0,
    );
    const waiting = database.transact((tx) => tx.insert(items).values({ id: "b", name: "b" }));
    other.exec("rollback");
    await waiting;
    other.close();
    assert.deepEqual((await database.db.select().from(items)).map(({ id }) => id), ["b"]);
  });

  test("a full database refuses with storage_full, keeps what it has and goes on when there is room", async (subject) => {
    const { database, file } = subject;
    await database.db.insert(items).values({ id: "first", name: "first" });
    await file.setMaxPages(12);
    const fill = (tag: string) =>
      database.transact((tx) =>
        tx.insert(items).values({ id: tag, name: tag, bytes: Buffer.alloc(200_000) })
      );
    const isFull = (thrown: unknown) =>
      thrown instanceof AppError && thrown.code === "storage_full" && (thrown.retryAfterMs ?? 0) > 0;
    await assert.rejects(fill("big"), isFull);
    await assert.rejects(
      database.db.insert(items).values({ id: "big", name: "big", bytes: Buffer.alloc(200_000) }),
      isFull,
    );
    assert.deepEqual((await database.db.select().from(items)).map(({ id }) => id), ["first"]);
    await file.setMaxPages(1_000_000);
    await fill("later");
    assert.equal(await count(database.db), 2);
  });

  test("a changed schema is seen at once by statements that were prepared before", async ({ database: { client, db } }) => {
    await client.execute("insert into items (id, name) values ('a', 'a')");
    const before = await client.execute("select * from items");
    await client.execute("alter table items add column colour text default 'red'");
    const after = await client.execute("select * from items");
    assert.equal(after.columns.length, before.columns.length + 1);
    assert.equal(after.rows[0]?.colour, "red");
    assert.equal(await count(db), 1);
  });

  test("text with a NUL is refused, never cut", async ({ database: { db } }) => {
    await assert.rejects(
      db.insert(items).values({ id: "a", name: "a\0b" }),
      (thrown) => thrown instanceof AppError && thrown.code === "validation_failed",
    );
    assert.equal(await count(db), 0);
  });

  test("ping tells a latency, and a closed database refuses", async ({ database }) => {
    assert.ok(await database.ping() >= 0);
  });
}
