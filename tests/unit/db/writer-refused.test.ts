import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Db } from "../../../lib/ports/db.ts";
import { Connection } from "../../../lib/adapters/db/connection.ts";
import { Writer } from "../../../lib/adapters/db/writer.ts";
import { openNotes } from "../../support/file-database.ts";
import { note } from "./note.ts";

const hasCode = (code: string) => (thrown: unknown) =>
  thrown instanceof Error && Reflect.get(thrown, "code") === code;

Deno.test("a transaction that awaits something else is rolled back at once and its neighbour is kept", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  const late = Promise.withResolvers<unknown>();
  const released = Promise.withResolvers<void>();
  const slow = database.transact(async (tx) => {
    await note(tx, "slow");
    await readFile(new URL(import.meta.url));
    await released.promise;
    const write = note(tx, "late");
    write.then(late.resolve, late.reject);
    await write;
  });
  const neighbour = database.transact((tx) => note(tx, "neighbour"));
  await assert.rejects(slow, hasCode("FOREIGN_AWAIT"));
  await neighbour;
  released.resolve();
  await assert.rejects(late.promise, hasCode("FOREIGN_AWAIT"));
  assert.deepEqual(await notes.bodies(), ["neighbour"]);
});

Deno.test("a transaction may await the database as often as it likes", async () => {
  await using notes = await openNotes();
  await notes.database.transact(async (tx) => {
    for (let i = 0; i < 300; i++) {
      await note(tx, `n${i}`);
      await tx.all(sql`select count(*) from notes`);
    }
  });
  assert.equal((await notes.bodies()).length, 300);
});

Deno.test("a write past the transaction it runs in is refused instead of waiting for itself", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  const attempts: ((tx: Db) => Promise<unknown>)[] = [
    () => note(database.db, "past"),
    () => database.transact((tx) => note(tx, "past")),
    () => database.db.transaction((tx) => note(tx, "past")),
    () => database.client.batch(["insert into notes (body) values ('past')"], "write"),
    () => database.exec("delete from notes"),
  ];
  for (const attempt of attempts) {
    await assert.rejects(
      database.transact(async (tx) => {
        await note(tx, "inside");
        await attempt(tx);
      }),
      hasCode("USE_TX"),
    );
  }
  assert.deepEqual(await notes.bodies(), []);
});

Deno.test("what a transaction starts may write by itself once the transaction is over", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  let later: Promise<unknown> = Promise.resolve();
  await database.transact(async (tx) => {
    await note(tx, "inside");
    later = new Promise((resolve, reject) =>
      setTimeout(() => note(database.db, "later").then(resolve, reject), 1)
    );
  });
  await later;
  assert.deepEqual(await notes.bodies(), ["inside", "later"]);
});

Deno.test("BEGIN, COMMIT and ROLLBACK are refused inside and outside of a transaction", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  for (const word of ["begin", "commit", "rollback", "/* so */ end"]) {
    await assert.rejects(database.client.execute(word), hasCode("TX_CONTROL"));
    await assert.rejects(database.transact((tx) => tx.run(sql.raw(word))), hasCode("TX_CONTROL"));
  }
  await assert.rejects(
    database.exec("begin; insert into notes (body) values ('left open')"),
    hasCode("TX_CONTROL"),
  );
  assert.deepEqual(await notes.bodies(), []);
  const transaction = await database.client.transaction("write");
  await assert.rejects(transaction.executeMultiple("commit; delete from notes"), hasCode("TX_CONTROL"));
  await transaction.rollback();
});

Deno.test("a statement after the end of its transaction is refused", async () => {
  await using notes = await openNotes();
  const kept = await notes.database.transact((tx) => Promise.resolve(tx));
  await assert.rejects(note(kept, "late"), hasCode("TX_OVER"));
  assert.deepEqual(await notes.bodies(), []);
});

Deno.test("who waits for a commit that can't begin hears so, and the next one is written", async () => {
  await using notes = await openNotes();
  let fails = 1;
  const writer = new Writer({
    open: () => new Connection(notes.path, []),
    onCommitting() {
      if (fails-- > 0) throw new Error("a reader can't give its locks back");
      return () => {};
    },
    onSchemaChange: () => {},
    onWarning: () => {},
    busyTimeoutMs: 1000,
  });
  const write = (body: string) =>
    writer.run((connection) => connection.exec(`insert into notes (body) values ('${body}')`), {
      savepoint: true,
    });
  await assert.rejects(write("a"), /give its locks back/);
  await write("b");
  await writer.close();
  assert.deepEqual(await notes.bodies(), ["b"]);
});
