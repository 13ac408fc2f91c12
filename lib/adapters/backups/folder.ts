import { join } from "node:path";
import { AppError } from "../../kernel/errors.ts";
import { iso } from "../../kernel/clock.ts";
import { newId } from "../../kernel/ids.ts";
import { sha256Hex } from "../../kernel/text.ts";
import type { Backup, Backups } from "../../ports/backups.ts";
import { asStorageError, exists, filesUnder, hashFile, linkOrCopy, syncPath, writeSynced } from "./files.ts";
import { type BlobIndex, FILES, type Manifest, readBlobIndex, readManifest, toBackup } from "./manifest.ts";

export interface FolderBackupsOptions {
  /** Where backups live, one folder each. */
  readonly folder: string;
  /** Writes a whole copy of the database's present state into a new file. */
  readonly snapshot: (path: string) => Promise<void>;
  /** null: blobs live elsewhere. */
  readonly blobs: string | null;
  /** Of the program. */
  readonly version: string;
}

/** Ends the name of a folder that is being filled; it becomes a backup when it is renamed. */
const UNFINISHED = ".part";

/** Backups as folders: the database by VACUUM INTO, blobs as hard links, checksums of both, whole or not there. */
export function createFolderBackups(options: FolderBackupsOptions): Backups {
  const { folder } = options;
  let busy = false;

  async function list(): Promise<Backup[]> {
    const found: Backup[] = [];
    for (const id of await idsIn(folder)) {
      const manifest = await readManifest(join(folder, id)).catch(() => null);
      if (manifest !== null) found.push(toBackup(manifest));
    }
    return found.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  }

  return {
    configured: true,
    byOwner: false,
    list,
    async create({ reason, at }) {
      if (busy) throw new AppError("conflict", "A backup is being made already");
      busy = true;
      const id = newId("backup");
      const draft = join(folder, `${id}${UNFINISHED}`);
      try {
        await Deno.mkdir(draft, { recursive: true, mode: 0o700 });
        await removeUnfinished(folder, draft);
        const previous = (await list())[0];
        const before = previous === undefined
          ? []
          : await readBlobIndex(join(folder, previous.id)).catch(() => []);
        const manifest: Manifest = {
          format: 1,
          id,
          reason,
          created_at: iso(at),
          version: options.version,
          // The database first: a blob is stored before the row that names it, so none that it names is missing.
          database: await copyDatabase(options, draft),
          blobs: options.blobs === null ? null : await copyBlobs(options.blobs, { draft, before }),
        };
        await writeSynced(join(draft, FILES.manifest), JSON.stringify(manifest, null, 2));
        await syncPath(draft);
        await Deno.rename(draft, join(folder, id));
        await syncPath(folder);
        return toBackup(manifest);
      } catch (thrown) {
        await Deno.remove(draft, { recursive: true }).catch(() => {});
        throw asStorageError(thrown);
      } finally {
        busy = false;
      }
    },
    async prune({ reason, keep }) {
      const old = (await list()).filter((backup) => backup.reason === reason).slice(keep);
      for (const { id } of old) await Deno.remove(join(folder, id), { recursive: true });
      return old.map(({ id }) => id);
    },
  };
}

/** The same backups seen by a process that does not own the database: it lists them, the owner makes them. */
export function createOwnedBackups({ folder }: Pick<FolderBackupsOptions, "folder">): Backups {
  const refuse = () =>
    Promise.reject(new AppError("conflict", "The owner of the database makes the backups"));
  const { list } = createFolderBackups({ folder, blobs: null, snapshot: refuse, version: "" });
  return { configured: true, byOwner: true, list, create: refuse, prune: () => Promise.resolve([]) };
}

async function idsIn(folder: string): Promise<string[]> {
  if (!await exists(folder)) return [];
  const ids: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && !name.endsWith(UNFINISHED)) ids.push(name);
  }
  return ids;
}

/** What a killed process left: only the owner of the database gets here, one at a time. */
async function removeUnfinished(folder: string, current: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (name.endsWith(UNFINISHED) && path !== current) await Deno.remove(path, { recursive: true });
  }
}

async function copyDatabase(
  { snapshot }: Pick<FolderBackupsOptions, "snapshot">,
  draft: string,
): Promise<Manifest["database"]> {
  const path = join(draft, FILES.database);
  await snapshot(path);
  await syncPath(path);
  return { bytes: (await Deno.stat(path)).size, sha256: await hashFile(path) };
}

/** A blob never changes under its key, so one that the backup before has is not read again. */
async function copyBlobs(
  source: string,
  { draft, before }: { draft: string; before: BlobIndex },
): Promise<Manifest["blobs"]> {
  const known = new Map(before.map((blob) => [blob.key, blob]));
  const index: BlobIndex = [];
  for await (const key of filesUnder(source)) {
    const copy = join(draft, FILES.blobs, key);
    const linked = await linkOrCopy(join(source, key), copy).then(() => true, ifGone);
    if (!linked) continue;
    const { size: bytes, mtime } = await Deno.stat(copy);
    const modified = mtime?.getTime() ?? 0;
    const same = known.get(key);
    const sha256 = same?.bytes === bytes && same.modified === modified ? same.sha256 : await hashFile(copy);
    index.push({ key, bytes, sha256, modified });
  }
  const text = JSON.stringify(index);
  await writeSynced(join(draft, FILES.blobIndex), text);
  return {
    count: index.length,
    bytes: index.reduce((sum, blob) => sum + blob.bytes, 0),
    sha256: await sha256Hex(text),
  };
}

/** A blob that was deleted since the folder was read is not missed. */
function ifGone(thrown: unknown): false {
  if (thrown instanceof Deno.errors.NotFound) return false;
  throw thrown;
}
