import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { join } from "node:path";
import { Connection } from "../../../lib/adapters/db/connection.ts";
import { TurnSnapshot } from "../../../lib/adapters/db/turn-snapshot.ts";
import type { Db } from "../../../lib/ports/db.ts";
import { openNotes } from "../../support/file-database.ts";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const note = (at: Db, body: string) => at.run(sql`insert into notes (body) values (${body})`);
const count = async (at: Db) =>
  Number((await at.all<{ n: number }>(sql`select count(*) as n from notes`))[0]?.n);

Deno.test("reads of one turn share a snapshot from the second on, and give it back at the turn's end", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "a.db");
  const writer = new Connection(path, ["journal_mode=wal"]);
  writer.exec("create table t(id integer)");
  const reader = new Connection(path, ["query_only=on"]);
  const snapshot = new TurnSnapshot();
  const read = () => {
    snapshot.join(reader);
    return reader.values("select count(*) from t", [])[0]?.[0];
  };
  assert.equal(read(), 0);
  assert.equal(reader.inTransaction, false, "one read alone takes no transaction");
  assert.equal(read(), 0);
  writer.exec("insert into t values (1)");
  assert.equal(read(), 0, "still the state of the second read");
  await nextTurn();
  assert.equal(reader.inTransaction, false);
  assert.equal(read(), 1);
  assert.equal(read(), 1);
  const resume = snapshot.suspend();
  assert.equal(reader.inTransaction, false, "nothing is held while a commit is under way");
  writer.exec("insert into t values (2)");
  assert.equal(read(), 2);
  assert.equal(reader.inTransaction, false);
  resume();
  assert.equal(read(), 2);
  await nextTurn();
  reader.close();
  writer.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("whoever hears of a commit reads it, however many reads the turn had before", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  for (let round = 1; round <= 20; round++) {
    await Promise.all([1, 2, 3].map(() => count(database.db)));
    const written = database.transact((tx) => note(tx, `n${round}`)).then(() => count(database.db));
    const reads = [1, 2, 3].map(() => count(database.db));
    assert.equal(await written, round);
    assert.ok((await Promise.all(reads)).every((seen) => seen === round || seen === round - 1));
    assert.equal(await count(database.db), round);
  }
});

Deno.test("reads that never pause do not keep the log from being folded into the file", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  let reading = true;
  const readers = Promise.all([1, 2, 3, 4].map(async () => {
    while (reading) {
      await Promise.all([1, 2, 3].map(() => count(database.db)));
      await nextTurn();
    }
  }));
  // It starts over some time after 8 MB: by the luck of no read being under way at the moment where a commit ends.
  let [written, size] = [0, 0];
  for (let i = 0; i < 500 && written - size < 4 * 1024 * 1024; i++) {
    const texts = Array.from({ length: 20 }, (_, at) => `${i}.${at} ${"x".repeat(20_000)}`);
    await Promise.all(texts.map((text) => database.transact((tx) => note(tx, text))));
    written += 20 * 20_000;
    size = (await Deno.stat(`${database.path}-wal`)).size;
  }
  reading = false;
  await readers;
  assert.ok(written - size >= 4 * 1024 * 1024, `${written} bytes went through a log of ${size}`);
});

Deno.test("a batch of reads within a turn that shares a snapshot is of that snapshot", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await note(database.db, "a");
  await Promise.all([1, 2].map(() => count(database.db)));
  const [one, two] = await database.client.batch([
    "select count(*) as n from notes",
    "select body from notes",
  ]);
  assert.equal(one?.rows[0]?.n, 1);
  assert.equal(two?.rows[0]?.body, "a");
  assert.equal(await count(database.db), 1);
});
