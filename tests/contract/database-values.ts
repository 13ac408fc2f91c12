import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { insertItem, itemById, items, type Test } from "./database-items.ts";

/** What it promises of values and statements. */
export function describeValues(test: Test): void {
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
}
