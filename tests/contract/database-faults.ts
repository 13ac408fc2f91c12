import Native from "libsql";
import assert from "node:assert/strict";
import { AppError } from "../../lib/kernel/errors.ts";
import { count, items, type Test } from "./database-items.ts";

/** What it promises of locks, a full disk, a changed schema and a closed database. */
export function describeFaults(test: Test): void {
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
  }, { busyTimeoutMs: 300 });

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
