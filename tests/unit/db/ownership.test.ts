import assert from "node:assert/strict";
import { relative } from "node:path";
import { createFileDatabase } from "../../../lib/adapters/db/file.ts";
import { ownerOf } from "../../../lib/adapters/db/ownership.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { openNotes } from "../../support/file-database.ts";
import { startOwner } from "../../support/owner-process.ts";

const isOwnedBy = (pid: number) => (thrown: unknown) =>
  thrown instanceof AppError && thrown.code === "conflict" && thrown.message.includes(`process ${pid}`) &&
  thrown.extra.owner_pid === pid;

Deno.test("a second owner of a file is refused with the first one's pid, whatever path it takes", async () => {
  await using notes = await openNotes();
  const link = `${notes.folder}/link.db`;
  const folderLink = `${notes.folder}-link`;
  await Deno.symlink(notes.path, link);
  await Deno.symlink(notes.folder, folderLink);
  try {
    for (const path of [notes.path, link, `${folderLink}/notes.db`, relative(Deno.cwd(), notes.path)]) {
      await assert.rejects(createFileDatabase({ path }), isOwnedBy(Deno.pid), path);
    }
    assert.equal(await ownerOf(link), Deno.pid);
  } finally {
    await Deno.remove(folderLink);
  }
  await notes.database.db.run("insert into notes (body) values ('still works')");
});

Deno.test("a closed file has no owner and can be opened again", async () => {
  await using notes = await openNotes();
  await notes.database.close();
  assert.equal(await ownerOf(notes.path), null);
  const again = await createFileDatabase({ path: notes.path });
  await again.close();
});

Deno.test("a file is refused while another process owns it, and free as soon as that one is killed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-owner-" });
  const path = `${folder}/owned.db`;
  const owner = await startOwner(path);
  try {
    await assert.rejects(createFileDatabase({ path }), isOwnedBy(owner.pid));
    await owner.kill();
    const database = await createFileDatabase({ path });
    const { rows } = await database.client.execute("select count(*) as n from acks");
    assert.equal(typeof rows[0]?.n, "number");
    await database.close();
  } finally {
    await owner.kill();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the file, its log and a new folder are private", async () => {
  const folder = await Deno.makeTempDir({ prefix: "cauce-private-" });
  const path = `${folder}/new/deep/a.db`;
  const database = await createFileDatabase({ path });
  try {
    await database.exec("create table t (a)");
    for (const end of ["", "-wal", "-shm", ".lock"]) {
      assert.equal(((await Deno.stat(path + end)).mode ?? 0) & 0o777, 0o600, end);
    }
    assert.equal(((await Deno.stat(`${folder}/new/deep`)).mode ?? 0) & 0o777, 0o700);
  } finally {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a new file has a log, full synchronisation, incremental vacuum and foreign keys", async () => {
  await using notes = await openNotes();
  const pragma = async (name: string) =>
    Object.values((await notes.database.client.execute(`pragma ${name}`)).rows[0] ?? {})[0];
  assert.equal(await pragma("journal_mode"), "wal");
  assert.equal(await pragma("synchronous"), 2);
  assert.equal(await pragma("auto_vacuum"), 2);
  assert.equal(await pragma("foreign_keys"), 1);
});

Deno.test("closing moves the log into the file", async () => {
  await using notes = await openNotes();
  await notes.database.db.run("insert into notes (body) values ('a')");
  assert.ok((await Deno.stat(`${notes.path}-wal`)).size > 0);
  await notes.database.close();
  assert.equal((await Deno.stat(`${notes.path}-wal`)).size, 0);
});
