import assert from "node:assert/strict";
import { openDatabase } from "../../../lib/adapters/db/open.ts";
import { readOwnerFile, removeOwnerFile, writeOwnerFile } from "../../../lib/adapters/db/owner.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import { startOwner } from "../../support/owner-process.ts";

async function inFolder(run: (folder: string, path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "cauce-open-" });
  try {
    await run(folder, `${folder}/a.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const file = (path: string) => ({ database: { kind: "file", path } as const });
const isConflict = (thrown: unknown) => thrown instanceof AppError && thrown.code === "conflict";

Deno.test("openDatabase owns a file that nobody owns", () =>
  inFolder(async (folder, path) => {
    const database = await openDatabase(file(path), folder);
    assert.equal(database.kind, "file");
    await database.close();
  }));

Deno.test("openDatabase takes a remote address as it is", () =>
  inFolder(async (folder) => {
    const remote = { kind: "remote", url: "libsql://example.turso.io", authToken: "t" } as const;
    const database = await openDatabase({ database: remote }, folder, { own: true });
    assert.equal(database.kind, "remote");
    await database.close();
  }));

Deno.test("openDatabase reaches an owned file through its owner, and takes it over when that one is gone", () =>
  inFolder(async (folder, path) => {
    const owner = await startOwner(path);
    try {
      const through = await openDatabase(file(path), folder);
      assert.equal(through.kind, "remote");
      await through.transact((tx) => tx.run("insert into acks (n) values (7)"));
      await through.close();
      await assert.rejects(openDatabase(file(path), folder, { own: true }), isConflict);
      await owner.kill();
      // owner.json still names the dead process.
      const database = await openDatabase(file(path), folder);
      assert.equal(database.kind, "file");
      assert.equal((await database.client.execute("select n from acks")).rows[0]?.n, 7);
      await database.close();
    } finally {
      await owner.kill();
    }
  }));

Deno.test("openDatabase gives up on an owner that can't be reached, naming its pid", () =>
  inFolder(async (folder, path) => {
    const owned = await openDatabase(file(path), folder, { own: true });
    try {
      await assert.rejects(openDatabase(file(path), folder, { waitMs: 1 }), isConflict);
      await writeOwnerFile(folder, { url: "http://127.0.0.1:1", token: "t" });
      await assert.rejects(
        openDatabase(file(path), folder, { waitMs: 1 }),
        (thrown) => thrown instanceof AppError && thrown.extra.owner_pid === Deno.pid,
      );
    } finally {
      await owned.close();
    }
  }));

Deno.test("the owner's record is private, replaced whole, and removed only by its writer", () =>
  inFolder(async (folder) => {
    assert.equal(await readOwnerFile(folder), null);
    await writeOwnerFile(folder, { url: "http://127.0.0.1:1", token: "one" });
    await writeOwnerFile(folder, { url: "http://127.0.0.1:2", token: "two" });
    assert.deepEqual(await readOwnerFile(folder), { pid: Deno.pid, url: "http://127.0.0.1:2", token: "two" });
    assert.equal(((await Deno.stat(`${folder}/owner.json`)).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name), ["owner.json"]);

    await Deno.writeTextFile(
      `${folder}/owner.json`,
      JSON.stringify({ pid: 1, url: "http://127.0.0.1:2", token: "x" }),
    );
    await removeOwnerFile(folder);
    assert.equal((await readOwnerFile(folder))?.pid, 1);
    await Deno.writeTextFile(`${folder}/owner.json`, "{ half");
    assert.equal(await readOwnerFile(folder), null);
    await writeOwnerFile(folder, { url: "http://127.0.0.1:2", token: "two" });
    await removeOwnerFile(folder);
    assert.equal(await readOwnerFile(folder), null);
  }));
