import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { AppError } from "../../kernel/errors.ts";

/** SHA-256 of a file's content, lower-case hex, without holding it in memory. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path, { read: true });
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

/** Until this resolves, a power cut may take the file (or, for a folder, its names) back. */
export async function syncPath(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true });
  await file.sync();
}

export async function writeSynced(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o600 });
  await syncPath(path);
}

/**
 * A second name for the same bytes, or a copy where the disk can't link. Right for files that are never written
 * again, as blobs and backups are.
 */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await Deno.link(from, to);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AlreadyExists || thrown instanceof Deno.errors.NotFound) throw thrown;
    await Deno.copyFile(from, to);
  }
}

/** Every regular file under `folder` that does not start with a dot, as paths relative to it, in order. */
export async function* filesUnder(folder: string, prefix = ""): AsyncGenerator<string> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(join(folder, prefix))) entries.push(entry);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    throw thrown;
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isFile } of entries) {
    if (name.startsWith(".")) continue;
    const path = prefix === "" ? name : `${prefix}/${name}`;
    if (isDirectory) yield* filesUnder(folder, path);
    else if (isFile) yield path;
  }
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** A full disk in the words of the error catalogue; everything else as it is. */
export function asStorageError(thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown;
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  const full = code === "ENOSPC" || code === "EDQUOT" || /SQLITE_FULL/.test(String(code));
  return full
    ? new AppError("storage_full", "The disk is full: no backup was made", { cause: thrown })
    : thrown;
}
