import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import type { Db } from "../../../lib/ports/db.ts";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { statementGathered } from "../../../db/statement.ts";
import { openNotes } from "../../support/file-database.ts";
import { inOneGroup, note } from "./note.ts";

const notesTable = sqliteTable("notes", { id: integer("id").primaryKey(), body: text("body") });

const gathered = statementGathered((db) =>
  db.insert(notesTable).select(
    sql`select null, value ->> 0 from json_each(${sql.placeholder("rows")}) order by key`,
  )
    .prepare()
);

Deno.test("rows that are gathered are written once for all who share a commit, without those of who failed", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  const settled = await inOneGroup(() =>
    Promise.allSettled(
      ["a", "b", "c", "d"].map((body) =>
        database.transact(async (tx) => {
          await gathered({ db: tx, ports: { database } }, [`${body}-late`]);
          await note(tx, body);
          if (body === "c") throw new Error("not this one");
        })
      ),
    )
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
  const settled = await inOneGroup(() =>
    Promise.allSettled(
      ["a", "b"].map((body) =>
        database.transact(async (tx) => {
          await note(tx, body);
          await gathered({ db: tx, ports: { database } }, [body === "b" ? "taken" : "free"]);
        })
      ),
    )
  );
  assert.deepEqual(settled.map(({ status }) => status), ["rejected", "rejected"]);
  assert.deepEqual(await notes.bodies(), ["taken"]);
  await database.transact((tx) => note(tx, "after"));
  assert.deepEqual(await notes.bodies(), ["taken", "after"]);
});
