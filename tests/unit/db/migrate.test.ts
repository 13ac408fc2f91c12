import type { Client } from "@libsql/client";
import assert from "node:assert/strict";
import { migrate, type Migration, MigrationError } from "../../../db/migrate.ts";
import { createFileDatabase } from "../../../lib/adapters/db/file.ts";
import { serveHrana } from "../../../lib/adapters/db/hrana-server.ts";
import { loadMigrations } from "../../../lib/adapters/db/migrations.ts";
import { createRemoteDatabase } from "../../../lib/adapters/db/remote.ts";
import { openNotes } from "../../support/file-database.ts";

const first: Migration = {
  name: "0000_people",
  sql: "create table people (id integer primary key, name text);\n--> statement-breakpoint\n" +
    "create table pets (id integer primary key, person integer not null references people (id) on delete cascade);",
};
const second: Migration = { name: "0001_age", sql: "alter table people add column age integer" };
const rebuild: Migration = {
  name: "0002_rebuild",
  sql: [
    "PRAGMA foreign_keys=OFF;",
    "create table people_new (id integer primary key, name text not null);",
    "insert into people_new select id, name from people;",
    "drop table people;",
    "alter table people_new rename to people;",
    "PRAGMA foreign_keys=ON;",
  ].join("--> statement-breakpoint\n"),
};
const broken: Migration = {
  name: "0003_broken",
  sql: "create table half (id integer);--> statement-breakpoint\ncreate table people (id integer);",
};

const one = async (client: Client, sql: string) =>
  Object.values((await client.execute(sql)).rows[0] ?? {})[0];

Deno.test("migrate applies what is pending, in order, once", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  assert.deepEqual(await migrate(database, { migrations: [second, first] }), {
    applied: [first.name, second.name],
  });
  assert.deepEqual(await migrate(database, { migrations: [first, second] }), { applied: [] });
  assert.equal(await one(database.client, "select count(*) from _migrations where length(sha256) = 64"), 2);
  assert.equal(await one(database.client, "select count(*) from pragma_table_info('people')"), 3);
});

Deno.test("a migration keeps what would undo it on disk, and what follows it in memory again, also after a failure", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  const FILE = 1;
  const MEMORY = 2;
  const after = () => database.turn((writer) => writer.first("select temp_store from pragma_temp_store", []));
  const within: Migration = {
    name: "0002_within",
    sql: "create table kept as select temp_store as kept_in from pragma_temp_store",
  };
  await migrate(database, { migrations: [first, second, within] });
  assert.equal(await one(database.client, "select kept_in from kept"), FILE);
  assert.deepEqual(await after(), [MEMORY]);
  await assert.rejects(migrate(database, { migrations: [first, second, within, broken] }), MigrationError);
  assert.deepEqual(await after(), [MEMORY]);
});

Deno.test("migrate calls beforeApply once, before the first change, and only when there is something to keep", async () => {
  await using notes = await openNotes();
  const { client } = notes.database;
  await notes.database.exec("drop table notes");
  const calls: (readonly string[])[] = [];
  const beforeApply = async (pending: readonly string[]) => {
    calls.push(pending);
    assert.equal(await one(client, "select count(*) from pragma_table_info('people')"), 2);
  };
  await migrate(notes.database, { migrations: [first], beforeApply });
  assert.deepEqual(calls, []);
  await migrate(notes.database, { migrations: [first, second, rebuild], beforeApply });
  await migrate(notes.database, { migrations: [first, second, rebuild], beforeApply });
  assert.deepEqual(calls, [[second.name, rebuild.name]]);
});

Deno.test("migrate stops before any change when beforeApply fails", async () => {
  await using notes = await openNotes();
  const beforeApply = () => Promise.reject(new Error("no room for a backup"));
  await assert.rejects(migrate(notes.database, { migrations: [first], beforeApply }), /no room for a backup/);
  assert.equal(
    await one(notes.database.client, "select count(*) from sqlite_master where name = 'people'"),
    0,
  );
});

Deno.test("migrate rebuilds a table without losing the rows that refer to it", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await migrate(database, { migrations: [first] });
  await database.exec("insert into people values (1, 'Ana'); insert into pets values (1, 1)");
  await migrate(database, { migrations: [first, second, rebuild] });
  assert.equal(await one(database.client, "select count(*) from pets"), 1);
  assert.equal(await one(database.client, "pragma foreign_keys"), 1);
});

Deno.test("migrate refuses a rebuild that leaves a reference to nothing", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await migrate(database, { migrations: [first] });
  await database.exec("insert into people values (1, 'Ana'); insert into pets values (1, 1)");
  const careless = { ...rebuild, sql: rebuild.sql.replace("select id, name", "select id + 1, name") };
  await assert.rejects(migrate(database, { migrations: [first, careless] }), MigrationError);
  assert.equal(await one(database.client, "select id from people"), 1);
  assert.equal(await one(database.client, "pragma foreign_keys"), 1);
});

Deno.test("migrate keeps nothing of a migration that fails and says which one it was", async () => {
  await using notes = await openNotes();
  await assert.rejects(
    migrate(notes.database, { migrations: [first, broken] }),
    (thrown) => thrown instanceof MigrationError && /0003_broken failed.*already exists/.test(thrown.message),
  );
  assert.equal(await one(notes.database.client, "select count(*) from sqlite_master where name = 'half'"), 0);
  assert.equal(await one(notes.database.client, "select count(*) from _migrations"), 1);
});

Deno.test("an empty file gets all migrations in one transaction; of one that fails it is said which, and those before it stay", async () => {
  const folder = await Deno.makeTempDir();
  const open = (name: string) => createFileDatabase({ path: `${folder}/${name}` });
  const [whole, half] = [await open("a.db"), await open("b.db")];
  const groups: number[] = [];
  const apply = whole.client.migrate.bind(whole.client);
  whole.client.migrate = (statements) => {
    groups.push(statements.length);
    return apply(statements);
  };
  await migrate(whole, { migrations: [first, second] });
  assert.deepEqual(groups, [5]);
  await migrate(whole, { migrations: [first, second, rebuild] });
  assert.deepEqual(groups, [5, 5]);
  await assert.rejects(
    migrate(half, { migrations: [first, broken, { name: "0004_more", sql: "create table more (id)" }] }),
    (thrown) => thrown instanceof MigrationError && /0003_broken failed.*already exists/.test(thrown.message),
  );
  assert.equal(await one(half.client, "select group_concat(name) from _migrations"), "0000_people");
  assert.equal(
    await one(half.client, "select count(*) from sqlite_master where name in ('half', 'more')"),
    0,
  );
  await Promise.all([whole.close(), half.close()]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("migrate refuses a changed, a missing and a late migration with what to do", async () => {
  await using notes = await openNotes();
  const { database } = notes;
  await migrate(database, { migrations: [first, rebuild] });
  const cases: [readonly Migration[], RegExp][] = [
    [[{ ...first, sql: `${first.sql} ` }, rebuild], /0000_people was changed/],
    [[first], /0002_rebuild, which this program does not know/],
    [[first, second, rebuild], /0001_age comes before 0002_rebuild/],
  ];
  for (const [migrations, message] of cases) {
    await assert.rejects(
      migrate(database, { migrations }),
      (thrown) => thrown instanceof MigrationError && message.test(thrown.message),
    );
  }
});

Deno.test("migrate works on a remote database as on a file", async () => {
  await using notes = await openNotes();
  const endpoint = serveHrana(notes.database, { token: "t" });
  const remote = createRemoteDatabase({ url: endpoint.url, authToken: "t" });
  try {
    await migrate(remote, { migrations: [first] });
    await notes.database.exec("insert into people values (1, 'Ana'); insert into pets values (1, 1)");
    assert.deepEqual((await migrate(remote, { migrations: [first, second, rebuild] })).applied.length, 2);
    assert.equal(await one(remote.client, "select count(*) from pets"), 1);
    await assert.rejects(migrate(remote, { migrations: [first, second, rebuild, broken] }), MigrationError);
    assert.equal(await one(remote.client, "select count(*) from sqlite_master where name = 'half'"), 0);
  } finally {
    await remote.close();
    await endpoint.shutdown();
  }
});

Deno.test("the migrations of the project have nothing that would end a whole commit group", async () => {
  const migrations = await loadMigrations();
  assert.ok(migrations.length > 0);
  for (const { name, sql } of migrations) {
    assert.doesNotMatch(
      sql,
      /on\s+conflict\s+rollback|or\s+rollback|raise\s*\(\s*rollback|deferrable/i,
      name,
    );
  }
});

Deno.test("the migrations of the project apply to an empty file, each statement by itself", async () => {
  await using notes = await openNotes();
  await notes.database.exec("drop table notes");
  const migrations = await loadMigrations();
  const { applied } = await migrate(notes.database, { migrations });
  assert.deepEqual(applied, migrations.map(({ name }) => name));
  assert.equal(await one(notes.database.client, "select count(*) from pragma_foreign_key_check"), 0);
  assert.equal(await one(notes.database.client, "pragma integrity_check"), "ok");
});
