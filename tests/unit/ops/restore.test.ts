import assert from "node:assert/strict";
import { join } from "node:path";
import { restoreBackup } from "../../../lib/adapters/backups/restore.ts";
import { AT, openSite, putBlob, restore, subjectsIn, write } from "./site.ts";

function given<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}

Deno.test("a restored backup holds what was there when it was made, rows and blobs, and nothing later", async () => {
  await using site = await openSite();
  await write(site, "before");
  await putBlob(site, "wsp_1/photo", "bytes of the photo");
  const { id } = await site.backups.create({ reason: "manual", at: AT });
  await write(site, "after");
  await Deno.remove(join(site.blobs, "wsp_1/photo"));
  await site.work.opened.database.close();

  const restored = await restore(site, id);
  assert.deepEqual(await subjectsIn(site.database), ["before"]);
  assert.equal(await Deno.readTextFile(join(site.blobs, "wsp_1/photo")), "bytes of the photo");
  assert.equal(restored.backup.id, id);
  assert.equal(restored.blobs, 1);
});

Deno.test("what a restore replaced is kept aside, whole", async () => {
  await using site = await openSite();
  await write(site, "before");
  const { id } = await site.backups.create({ reason: "manual", at: AT });
  await write(site, "after");
  await site.work.opened.database.close();
  const { aside } = await restore(site, id);
  assert.deepEqual(await subjectsIn(given(aside ?? undefined)), ["before", "after"]);
});

Deno.test("rows that only the log of a killed process holds go aside, and never into the restored database", async () => {
  await using site = await openSite();
  await write(site, "before");
  const { id } = await site.backups.create({ reason: "manual", at: AT });
  await write(site, "after");
  // As a kill leaves it: the log beside the file, nobody there to fold it in.
  const killed = join(site.work.opened.folder, "killed.db");
  for (const end of ["", "-wal"]) await Deno.copyFile(site.database + end, killed + end);
  assert.ok((await Deno.stat(`${killed}-wal`)).size > 0);
  const { aside } = await restoreBackup({ folder: site.folder, id, database: killed, blobs: null, at: AT });
  assert.deepEqual(await subjectsIn(killed), ["before"]);
  assert.deepEqual(await subjectsIn(given(aside ?? undefined)), ["before", "after"]);
});

Deno.test("a database that is damaged beyond reading is replaced all the same", async () => {
  await using site = await openSite();
  await write(site, "before");
  const { id } = await site.backups.create({ reason: "manual", at: AT });
  await site.work.opened.database.close();
  await Deno.writeTextFile(site.database, "no database at all ".repeat(500));
  await restore(site, id);
  assert.deepEqual(await subjectsIn(site.database), ["before"]);
});

Deno.test("restore is refused while a server owns the file, with its pid", async () => {
  await using site = await openSite();
  const { id } = await site.backups.create({ reason: "manual", at: AT });
  await assert.rejects(restore(site, id), { code: "conflict", extra: { owner_pid: Deno.pid } });
});

for (const part of ["cauce.db", "blobs/wsp_1/photo", "blobs.json"]) {
  Deno.test(`restore refuses a backup whose ${part} was changed, and leaves the database as it is`, async () => {
    await using site = await openSite();
    await write(site, "before");
    await putBlob(site, "wsp_1/photo", "bytes of the photo");
    const { id } = await site.backups.create({ reason: "manual", at: AT });
    await write(site, "after");
    await site.work.opened.database.close();
    const path = join(site.folder, id, part);
    const bytes = await Deno.readFile(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await Deno.remove(path);
    await Deno.writeFile(path, bytes);
    await assert.rejects(restore(site, id), { code: "conflict", message: /damaged, nothing was restored/ });
    assert.deepEqual(await subjectsIn(site.database), ["before", "after"]);
  });
}

Deno.test("restore knows no backup outside of its folder", async () => {
  await using site = await openSite();
  await site.work.opened.database.close();
  for (const id of ["bak_none", "../blobs", "..", ""]) {
    await assert.rejects(restore(site, id), { code: "not_found" });
  }
});
