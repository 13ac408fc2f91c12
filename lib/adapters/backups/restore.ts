import { dirname, join } from "node:path";
import { iso } from "../../kernel/clock.ts";
import { AppError, notFound } from "../../kernel/errors.ts";
import { sha256Hex } from "../../kernel/text.ts";
import type { Backup } from "../../ports/backups.ts";
import { Connection } from "../db/connection.ts";
import { claimFile } from "../db/ownership.ts";
import { asStorageError, exists, hashFile, linkOrCopy, syncPath } from "./files.ts";
import { FILES, type Manifest, readBlobIndex, readManifest, toBackup } from "./manifest.ts";

export interface RestoreOrder {
  /** The folder of all backups. */
  readonly folder: string;
  readonly id: string;
  /** The database file to replace. */
  readonly database: string;
  /** null: blobs live elsewhere. */
  readonly blobs: string | null;
  /** UTC milliseconds; names where the replaced file goes. */
  readonly at: number;
}

export interface Restored {
  readonly backup: Backup;
  /** The replaced database; null when there was none. */
  readonly aside: string | null;
  readonly blobs: number;
}

/**
 * Puts a backup in the place of the database. Throws AppError `conflict` while a server owns the file, and before it
 * touches anything when a checksum is wrong. The swap is one rename; the replaced file is kept aside. Blobs are only
 * added: a blob never changes under its key.
 */
export async function restoreBackup(order: RestoreOrder): Promise<Restored> {
  const source = join(order.folder, safeId(order.id));
  if (!await exists(source)) throw notFound("backup", order.id);
  const ownership = await claimFile(order.database);
  try {
    const manifest = await readManifest(source);
    const keys = await verify(source, manifest);
    const fresh = `${ownership.path}.restoring`;
    await Deno.remove(fresh).catch(() => {});
    await Deno.copyFile(join(source, FILES.database), fresh);
    await Deno.chmod(fresh, 0o600);
    await syncPath(fresh);
    checkDatabase(fresh);
    if (order.blobs !== null) await restoreBlobs(source, { to: order.blobs, keys });
    const aside = await keepAside(ownership.path, iso(order.at));
    await Deno.rename(fresh, ownership.path);
    await syncPath(dirname(ownership.path));
    return { backup: toBackup(manifest), aside, blobs: order.blobs === null ? 0 : keys.length };
  } catch (thrown) {
    throw asStorageError(thrown);
  } finally {
    ownership.release();
  }
}

function safeId(id: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(id)) return id;
  throw notFound("backup", id);
}

/** Resolves to the keys of the blobs. */
async function verify(source: string, { database, blobs }: Manifest): Promise<string[]> {
  await expectHash(join(source, FILES.database), database.sha256);
  if (blobs === null) return [];
  const text = await Deno.readTextFile(join(source, FILES.blobIndex));
  if (await sha256Hex(text) !== blobs.sha256) throw damaged(join(source, FILES.blobIndex));
  const index = await readBlobIndex(source);
  for (const { key, sha256 } of index) await expectHash(join(source, FILES.blobs, key), sha256);
  return index.map(({ key }) => key);
}

async function expectHash(path: string, sha256: string): Promise<void> {
  const found = await hashFile(path).catch(() => null);
  if (found !== sha256) throw damaged(path);
}

function damaged(path: string): AppError {
  return new AppError(
    "conflict",
    `${path} does not match its checksum: the backup is damaged, nothing was restored`,
  );
}

function checkDatabase(path: string): void {
  const connection = new Connection(path, ["query_only=on"]);
  try {
    const [row] = connection.execute("pragma quick_check(1)").rows;
    if (row?.[0] !== "ok") throw damaged(path);
  } finally {
    connection.close();
  }
}

async function restoreBlobs(
  source: string,
  { to, keys }: { to: string; keys: readonly string[] },
): Promise<void> {
  for (const key of keys) {
    const target = join(to, key);
    if (!await exists(target)) await linkOrCopy(join(source, FILES.blobs, key), target);
  }
}

/** Links the present database aside, with whatever log it has: a stray log would be played into the restored file. */
async function keepAside(path: string, at: string): Promise<string | null> {
  foldLog(path);
  const logs = await Promise.all(["-wal", "-shm"].map(async (end) => await exists(path + end) ? [end] : []));
  const hasData = ((await Deno.stat(path)).size) > 0;
  const folder = join(dirname(path), "replaced", at.replaceAll(/[:.]/g, "-"));
  const aside = join(folder, "cauce.db");
  if (hasData) await linkOrCopy(path, aside);
  for (const end of logs.flat()) {
    if (hasData) await Deno.rename(path + end, aside + end);
    else await Deno.remove(path + end);
  }
  return hasData ? aside : null;
}

/** Moves the log into the file, if the file is still whole enough for that. */
function foldLog(path: string): void {
  let connection: Connection | null = null;
  try {
    connection = new Connection(path, []);
    connection.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // A damaged database is often why one restores: it goes aside as it is, log included.
  } finally {
    connection?.close();
  }
}
