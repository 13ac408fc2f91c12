import assert from "node:assert/strict";
import { join } from "node:path";
import { createFolderBackups, createOwnedBackups } from "../../../lib/adapters/backups/folder.ts";
import { createFileDatabase } from "../../../lib/adapters/db/file.ts";
import { loadMigrations } from "../../../lib/adapters/db/migrations.ts";
import { migrate } from "../../../db/migrate.ts";
import { listAudit } from "../../../lib/audit/mod.ts";
import { createContext } from "../../../lib/context.ts";
import { emit, latestSeq } from "../../../lib/events/mod.ts";
import { createRegistry } from "../../../lib/jobs/mod.ts";
import { createBackup, listBackups } from "../../../lib/ops/mod.ts";
import { handlers } from "../../../workers/registry.ts";
import { createRunner } from "../../../workers/runner.ts";
import { openWork } from "../../support/work.ts";
import { AT, openSite, putBlob, restore, subjectsIn, write } from "./site.ts";

Deno.test("a backup keeps incremental vacuum, so that the restored file can shrink", async () => {
  await using site = await openSite();
  const { id } = await site.backups.create({ reason: "manual", at: AT });
  await site.work.opened.database.close();
  await restore(site, id);
  const warnings: string[] = [];
  await (await createFileDatabase({ path: site.database, onWarning: (line) => warnings.push(line) })).close();
  assert.deepEqual(warnings, []);
});

Deno.test("a backup that fails leaves nothing behind, and the next one works", async () => {
  await using site = await openSite();
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  let fails = true;
  const backups = createFolderBackups({
    folder: site.folder,
    blobs: null,
    version: "0.0.1",
    snapshot: (path) => fails ? Promise.reject(full) : site.work.opened.database.vacuumInto(path),
  });
  await assert.rejects(backups.create({ reason: "daily", at: AT }), { code: "storage_full" });
  assert.deepEqual([...Deno.readDirSync(site.folder)], []);
  fails = false;
  await backups.create({ reason: "daily", at: AT });
  assert.equal((await backups.list()).length, 1);
});

Deno.test("what a killed backup left is no backup, and is gone after the next one", async () => {
  await using site = await openSite();
  await Deno.mkdir(join(site.folder, "bak_0.part"), { recursive: true });
  await Deno.writeTextFile(join(site.folder, "bak_0.part", "cauce.db"), "half");
  assert.deepEqual(await site.backups.list(), []);
  const { id } = await site.backups.create({ reason: "daily", at: AT });
  assert.deepEqual([...Deno.readDirSync(site.folder)].map(({ name }) => name), [id]);
});

Deno.test("two backups at once: one is made, the other is refused as a conflict", async () => {
  await using site = await openSite();
  const outcomes = await Promise.allSettled(
    [1, 2].map(() => site.backups.create({ reason: "manual", at: AT })),
  );
  assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected"]);
  assert.equal((await site.backups.list()).length, 1);
});

Deno.test("each kind of backup keeps its own number, the newest", async () => {
  await using site = await openSite();
  const ids: string[] = [];
  for (let day = 0; day < 4; day++) {
    ids.push((await site.backups.create({ reason: "daily", at: AT + day })).id);
  }
  const manual = await site.backups.create({ reason: "manual", at: AT });
  assert.deepEqual(await site.backups.prune({ reason: "daily", keep: 2 }), [ids[1], ids[0]]);
  assert.deepEqual((await site.backups.list()).map(({ id }) => id), [ids[3], ids[2], manual.id]);
});

Deno.test("a blob that the backup before has is linked, not copied", async () => {
  await using site = await openSite();
  await putBlob(site, "wsp_1/photo", "bytes of the photo");
  const first = await site.backups.create({ reason: "daily", at: AT });
  const second = await site.backups.create({ reason: "daily", at: AT });
  assert.deepEqual(first.blobs, { count: 1, bytes: 18 });
  const inode = async (id: string) => (await Deno.stat(join(site.folder, id, "blobs/wsp_1/photo"))).ino;
  assert.equal(await inode(first.id), await inode(second.id));
});

Deno.test("createBackup keeps BACKUP_KEEP copies and writes who asked into the platform's audit log", async () => {
  await using site = await openSite();
  for (let n = 0; n < 9; n++) {
    site.work.clock.advance(1);
    await createBackup(site.work.system, { reason: "manual" });
  }
  const kept = await listBackups(site.work.system);
  assert.equal(kept.length, 7);
  const { data } = await listAudit(site.work.system, { limit: 1, platform: true });
  assert.equal(data[0]?.action, "backup.create");
  assert.equal(data[0]?.subjectId, kept[0]?.id);
});

Deno.test("createBackup refuses an actor without platform:write before anything is made", async () => {
  await using site = await openSite();
  const { actor } = site.work.system;
  const reader = site.work.system.as({ actor: { ...actor, scopes: new Set(["platform:read"]) } });
  await assert.rejects(createBackup(reader, { reason: "manual" }), { code: "forbidden" });
  assert.deepEqual(await site.backups.list(), []);
});

Deno.test("a migration of a database that holds something is preceded by a backup", async () => {
  await using site = await openSite();
  await write(site, "before");
  const migrations = [...await loadMigrations(), {
    name: "9999_more",
    sql: "create table more (id text primary key)",
  }];
  const beforeApply = async () => void await site.backups.create({ reason: "migration", at: AT });
  await migrate(site.work.opened.database, { migrations, beforeApply });
  const [backup] = await site.backups.list();
  assert.equal(backup?.reason, "migration");
  const copy = join(site.folder, backup?.id ?? "", "cauce.db");
  const database = await createFileDatabase({ path: copy });
  const { rows } = await database.client.execute("select name from sqlite_master where name = 'more'");
  await database.close();
  assert.deepEqual(rows, []);
});

Deno.test("a backup made under load is a state that existed: a whole prefix of the commits", async () => {
  await using site = await openSite();
  let stop = false;
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = 0; !stop; n++) {
      await site.work.ctx.transact(async (tx) => {
        await emit(tx, { type: "test.pair", subjectId: `${writer}:${n}:a` });
        await emit(tx, { type: "test.pair", subjectId: `${writer}:${n}:b` });
      });
    }
  });
  while (await latestSeq(site.work.ctx) < 200) await new Promise((resolve) => setImmediate(resolve));
  const { id } = await site.backups.create({ reason: "manual", at: AT });
  stop = true;
  await Promise.all(writers);
  await site.work.opened.database.close();
  await restore(site, id);
  const subjects = await subjectsIn(site.database);
  assert.ok(subjects.length >= 200);
  const seen = new Set(subjects);
  for (const subject of subjects) {
    assert.ok(seen.has(subject.replace(/b$/, "a")) && seen.has(subject.replace(/a$/, "b")));
  }
});

Deno.test("a process that does not own the database has its owner make the backup, and is told of it", async () => {
  await using site = await openSite();
  const { system, waker } = site.work;
  const runner = createRunner({
    context: system,
    registry: createRegistry(handlers),
    lanes: { maintenance: 1 },
  });
  waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  const other = createContext({
    ports: { ...system.ports, backups: createOwnedBackups({ folder: site.folder }) },
    config: system.config,
    actor: system.actor,
    workspaceId: "wsp_any",
  });
  const made = await createBackup(other, { reason: "manual" });
  assert.deepEqual(await site.backups.list(), [made]);
  assert.equal((await listAudit(system, { limit: 5, platform: true })).data.length, 1);
  await runner.stop(1000);
});

Deno.test("a backup that the owner could not make is refused with the owner's reason", async () => {
  await using work = await openWork(({ folder }) => ({
    backups: createFolderBackups({
      folder: join(folder, "backups"),
      blobs: null,
      snapshot: () => Promise.reject(new Error("the disk is gone")),
      version: "0.0.1",
    }),
  }));
  const runner = createRunner({
    context: work.system,
    registry: createRegistry(handlers),
    lanes: { maintenance: 1 },
  });
  work.waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  const other = createContext({
    ports: {
      ...work.system.ports,
      backups: createOwnedBackups({ folder: join(work.opened.folder, "backups") }),
    },
    config: work.system.config,
    actor: work.system.actor,
    workspaceId: null,
  });
  await assert.rejects(createBackup(other, { reason: "manual" }), /made no backup: the disk is gone/);
  await runner.stop(1000);
});
