import assert from "node:assert/strict";
import { AppError } from "../../../lib/kernel/errors.ts";
import { eventually } from "../../support/eventually.ts";
import { openNotes } from "../../support/file-database.ts";
import { standStill } from "../../support/timers.ts";
import { inOneGroup, note } from "./note.ts";

Deno.test("writers that wait at the same time share commits", async () => {
  await using notes = await openNotes();
  const before = notes.database.stats();
  await inOneGroup(() =>
    Promise.all(
      Array.from({ length: 200 }, (_, i) => notes.database.transact((tx) => note(tx, `n${i}`))),
    )
  );
  const after = notes.database.stats();
  assert.equal(after.members - before.members, 200);
  assert.ok(after.groups - before.groups < 50, `${after.groups - before.groups} groups`);
  assert.equal((await notes.bodies()).length, 200);
});

Deno.test("single statements join commit groups too", async () => {
  await using notes = await openNotes();
  const before = notes.database.stats();
  await inOneGroup(() =>
    Promise.all(Array.from({ length: 100 }, (_, i) => note(notes.database.db, `n${i}`)))
  );
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

Deno.test("an error that ends the whole group is told to every member, and the rest go on", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await database.exec(`create trigger bomb before insert on notes when new.body = 'bomb'
    begin select raise(rollback, 'boom'); end`);
  const [before, bomb, after] = await inOneGroup(() =>
    Promise.allSettled(
      ["before", "bomb", "after"].map((body) =>
        database.transact(async (tx) => {
          await note(tx, body).catch((thrown) => {
            // A caller that goes on after the error must not get its rows committed one by one.
            return assert.rejects(note(tx, "smuggled")).then(() => Promise.reject(thrown));
          });
        })
      ),
    )
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
  using time = standStill();
  const refused = assert.rejects(
    notes.database.transact((tx) => note(tx, "a")),
    (thrown) => thrown instanceof AppError && thrown.code === "busy",
  );
  await eventually("the loop turns while the writer waits", () => beats > 5);
  time.pass(201);
  await refused;
  clearInterval(beat);
  other.exec("rollback");
  other.close();
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
