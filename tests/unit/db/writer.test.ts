import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { AppError } from "../../../lib/kernel/errors.ts";
import type { Db } from "../../../lib/ports/db.ts";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { statementGathered } from "../../../db/statement.ts";
import { openNotes } from "../../support/file-database.ts";

const notesTable = sqliteTable("notes", { id: integer("id").primaryKey(), body: text("body") });

const note = (at: Db, body: string) => at.run(sql`insert into notes (body) values (${body})`);
const hasCode = (code: string) => (thrown: unknown) =>
  thrown instanceof Error && Reflect.get(thrown, "code") === code;

Deno.test("writers that wait at the same time share commits", async () => {
  await using notes = await openNotes();
  const before = notes.database.stats();
  await Promise.all(
    Array.from({ length: 200 }, (_, i) => notes.database.transact((tx) => note(tx, `n${i}`))),
  );
  const after = notes.database.stats();
  assert.equal(after.members - before.members, 200);
  assert.ok(after.groups - before.groups < 50, `${after.groups - before.groups} groups`);
  assert.equal((await notes.bodies()).length, 200);
});

Deno.test("single statements join commit groups too", async () => {
  await using notes = await openNotes();
  const before = notes.database.stats();
  await Promise.all(Array.from({ length: 100 }, (_, i) => note(notes.database.db, `n${i}`)));
  assert.ok(notes.database.stats().groups - before.groups < 50);
});

Deno.test("a group is bounded, so that a thousand writers do not hold the event loop at once", async () => {
  await using notes = await openNotes();
  const before = notes.database.stats();
  await Promise.all(Array.from({ length: 1000 }, (_, i) => note(notes.database.db, `n${i}`)));
  assert.ok(notes.database.stats().groups - before.groups >= 4);
});

Deno.test("long members share a commit, and others get their turn of the event loop between them", async () => {
  await using notes = await openNotes();
  let [turn, busy] = [0, true];
  const next = () => {
    turn++;
    if (busy) setImmediate(next);
  };
  setImmediate(next);
  const turnsOfGroups = new Map<number, Set<number>>();
  await Promise.all(Array.from({ length: 60 }, (_, i) =>
    notes.database.transact(async (tx) => {
      await note(tx, `n${i}`);
      const { groups } = notes.database.stats();
      turnsOfGroups.set(groups, (turnsOfGroups.get(groups) ?? new Set()).add(turn));
      for (const until = performance.now() + 1; performance.now() < until;);
    })));
  busy = false;
  const turns = [...turnsOfGroups.values()].map(({ size }) => size);
  assert.ok(turns.some((size) => size > 1), `turns of each group: ${turns}`);
});

const gathered = statementGathered((db) =>
  db.insert(notesTable).select(
    sql`select null, value ->> 0 from json_each(${sql.placeholder("rows")}) order by key`,
  )
    .prepare()
);

Deno.test("rows that are gathered are written once for all who share a commit, without those of who failed", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  const settled = await Promise.allSettled(
    ["a", "b", "c", "d"].map((body) =>
      database.transact(async (tx) => {
        await gathered({ db: tx, ports: { database } }, [`${body}-late`]);
        await note(tx, body);
        if (body === "c") throw new Error("not this one");
      })
    ),
  );
  assert.deepEqual(settled.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  assert.deepEqual(await notes.bodies(), ["a", "b", "d", "a-late", "b-late", "d-late"]);
  await gathered({ db: database.db, ports: { database } }, ["alone"]);
  assert.equal((await notes.bodies()).at(-1), "alone");
});

Deno.test("a row that is gathered in a nested transaction goes with it when that is undone", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await database.transact(async (tx) => {
    const gather = (at: Db, body: string) => gathered({ db: at, ports: { database } }, [body]);
    await gather(tx, "before");
    await assert.rejects(
      tx.transaction(async (nested) => {
        await gather(nested, "undone");
        throw new Error("only this");
      }),
      /only this/,
    );
    await tx.transaction((nested) => gather(nested, "kept"));
    await gather(tx, "after");
  });
  assert.deepEqual((await notes.bodies()).toSorted(), ["after", "before", "kept"]);
});

Deno.test("when what is gathered can't be written nobody's rows are, and the writer goes on", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await note(database.db, "taken");
  const settled = await Promise.allSettled(
    ["a", "b"].map((body) =>
      database.transact(async (tx) => {
        await note(tx, body);
        await gathered({ db: tx, ports: { database } }, [body === "b" ? "taken" : "free"]);
      })
    ),
  );
  assert.deepEqual(settled.map(({ status }) => status), ["rejected", "rejected"]);
  assert.deepEqual(await notes.bodies(), ["taken"]);
  await database.transact((tx) => note(tx, "after"));
  assert.deepEqual(await notes.bodies(), ["taken", "after"]);
});

Deno.test("a member that fails takes only its own rows with it", async () => {
  await using notes = await openNotes();
  const settled = await Promise.allSettled(
    ["a", "b", "a", "c"].map((body) =>
      notes.database.transact(async (tx) => {
        await note(tx, `${body}-first`);
        await note(tx, body);
      })
    ),
  );
  assert.deepEqual(settled.map(({ status }) => status), ["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  assert.deepEqual(await notes.bodies(), ["a-first", "a", "b-first", "b", "c-first", "c"]);
});

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

Deno.test("an error that ends the whole group is told to every member, and the rest go on", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await database.exec(`create trigger bomb before insert on notes when new.body = 'bomb'
    begin select raise(rollback, 'boom'); end`);
  const [before, bomb, after] = await Promise.allSettled(
    ["before", "bomb", "after"].map((body) =>
      database.transact(async (tx) => {
        await note(tx, body).catch((thrown) => {
          // A caller that goes on after the error must not get its rows committed one by one.
          return assert.rejects(note(tx, "smuggled")).then(() => Promise.reject(thrown));
        });
      })
    ),
  );
  assert.ok(
    before?.status === "rejected" && before.reason instanceof AppError && before.reason.code === "busy",
  );
  assert.ok(bomb?.status === "rejected" && /boom/.test(bomb.reason.message));
  assert.equal(after?.status, "fulfilled");
  assert.deepEqual(await notes.bodies(), ["after"]);
});

Deno.test("an endless chain of transactions leaves the event loop its turns", async () => {
  await using notes = await openNotes();
  let beats = 0;
  const beat = setInterval(() => beats++, 1);
  for (let i = 0; i < 300; i++) await notes.database.transact((tx) => note(tx, `n${i}`));
  clearInterval(beat);
  assert.ok(beats > 5, `${beats} beats`);
});

Deno.test("a lock of another program does not stop the event loop", async () => {
  await using notes = await openNotes({ busyTimeoutMs: 200 });
  const { default: Native } = await import("libsql");
  const other = new Native(notes.path, { timeout: 0 });
  other.exec("begin immediate");
  let beats = 0;
  const beat = setInterval(() => beats++, 2);
  await assert.rejects(
    notes.database.transact((tx) => note(tx, "a")),
    (thrown) => thrown instanceof AppError && thrown.code === "busy",
  );
  clearInterval(beat);
  other.exec("rollback");
  other.close();
  assert.ok(beats > 5, `${beats} beats`);
  await note(notes.database.db, "b");
  assert.deepEqual(await notes.bodies(), ["b"]);
});

Deno.test("close waits for what is queued and refuses what comes later", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  const queued = Array.from({ length: 20 }, (_, i) => database.transact((tx) => note(tx, `n${i}`)));
  await database.close();
  await Promise.all(queued);
  const refused = (thrown: unknown) => thrown instanceof AppError && thrown.code === "shutting_down";
  await assert.rejects(database.transact((tx) => note(tx, "late")), refused);
  await assert.rejects(database.client.execute("select 1"), refused);
});

Deno.test("vacuumInto makes a whole private copy while writers go on", async () => {
  await using notes = await openNotes();
  await note(notes.database.db, "a");
  const copy = `${notes.folder}/copy.db`;
  await Promise.all([notes.database.vacuumInto(copy), note(notes.database.db, "b")]);
  assert.equal(((await Deno.stat(copy)).mode ?? 0) & 0o777, 0o600);
  const { createFileDatabase } = await import("../../../lib/adapters/db/file.ts");
  const opened = await createFileDatabase({ path: copy });
  const { rows } = await opened.client.execute("select body from notes order by id");
  await opened.close();
  assert.equal(rows[0]?.body, "a");
});

Deno.test("a read transaction keeps the state that it began with", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await note(database.db, "a");
  const reading = await database.client.transaction("read");
  const count = async () => (await reading.execute("select count(*) as n from notes")).rows[0]?.n;
  assert.equal(await count(), 1);
  await note(database.db, "b");
  assert.equal(await count(), 1);
  await assert.rejects(reading.execute("delete from notes"), /readonly|attempt to write/);
  reading.close();
});
