import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { blind } from "../../db/statement.ts";
import { AppError, isUniqueViolation } from "../../lib/kernel/errors.ts";
import type { Db } from "../../lib/ports/db.ts";
import { addBlind, addLate, count, countUp, itemById, items, type Test } from "./database-items.ts";

/** What it promises of transactions. */
export function describeWrites(test: Test): void {
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
}
