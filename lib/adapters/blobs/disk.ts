import { dirname, join } from "node:path";
import { AppError } from "../../kernel/errors.ts";
import { HOUR } from "../../kernel/clock.ts";
import type { BlobInfo, BlobStore } from "../../ports/blobs.ts";
import { checkKey, checkPrefix } from "./key.ts";
import { createMeasure, partsOf } from "./measure.ts";

const TEMPORARY = ".tmp";

/**
 * Blobs as files of mode 0600 under `folder`. A blob appears whole or not at all: it is written beside, fsynced
 * and renamed, and the folder is fsynced. Symbolic links are neither followed nor listed.
 */
export function createDiskBlobs(folder: string): BlobStore {
  let ready: Promise<string> | undefined;
  const root = () =>
    ready ??= prepare(folder).catch((error) => {
      ready = undefined; // a full disk may have room again
      throw error;
    });

  /** The path of a key, with every folder above it a real one inside of the root. */
  async function placeOf(key: string, create: boolean): Promise<string | null> {
    checkKey(key);
    const base = await root();
    const path = join(base, key);
    const parent = dirname(path);
    if (create) await Deno.mkdir(parent, { recursive: true, mode: 0o700 });
    const real = await orNull(Deno.realPath(parent));
    if (real === null) return null;
    if (real !== parent) throw new AppError("internal", "A folder of the blob store is a symbolic link");
    return path;
  }

  return {
    async put(key, body, options) {
      const path = await placeOf(key, true).catch((error) => {
        throw full(error);
      });
      if (path === null) throw new AppError("internal", "The blob store's folder has vanished");
      const temporary = join(await root(), TEMPORARY, crypto.randomUUID());
      try {
        const info = await writeFile(temporary, body, options?.maxBytes);
        await Deno.rename(temporary, path);
        await syncFolder(dirname(path));
        return info;
      } catch (error) {
        await orNull(Deno.remove(temporary));
        throw full(error);
      }
    },
    async get(key) {
      const path = await placeOf(key, false);
      const stat = path === null ? null : await orNull(Deno.lstat(path));
      if (path === null || !stat?.isFile) return null;
      const file = await orNull(Deno.open(path));
      return file && { body: file.readable, size: (await file.stat()).size };
    },
    async delete(key) {
      const path = await placeOf(key, false);
      if (path !== null) await orNull(Deno.remove(path));
    },
    async *list(prefix, { after = "" } = {}) {
      checkPrefix(prefix);
      const base = await root();
      for await (const key of walk(base, { prefix, after })) {
        const stat = await orNull(Deno.lstat(join(base, key)));
        if (stat?.isFile) yield { key, size: stat.size, modifiedAt: stat.mtime?.getTime() ?? Date.now() };
      }
    },
  };
}

async function writeFile(
  path: string,
  body: Uint8Array | ReadableStream<Uint8Array>,
  maxBytes?: number,
): Promise<BlobInfo> {
  const measure = createMeasure(maxBytes);
  const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  try {
    for await (const part of partsOf(body)) {
      measure.add(part);
      for (let from = 0; from < part.length;) from += await file.write(part.subarray(from));
    }
    await file.sync();
  } finally {
    file.close();
  }
  return measure.info();
}

/** Makes the folder and drops what a crash left half written. */
async function prepare(folder: string): Promise<string> {
  await Deno.mkdir(join(folder, TEMPORARY), { recursive: true, mode: 0o700 });
  const base = await Deno.realPath(folder);
  for await (const entry of Deno.readDir(join(base, TEMPORARY))) {
    const path = join(base, TEMPORARY, entry.name);
    const stat = await orNull(Deno.lstat(path));
    if ((stat?.mtime?.getTime() ?? Infinity) < Date.now() - HOUR) await orNull(Deno.remove(path));
  }
  return base;
}

interface Wanted {
  readonly prefix: string;
  readonly after: string;
}

/** Keys under `base` that are wanted, in order; folders that can't hold one are not entered. */
async function* walk(base: string, wanted: Wanted, at = ""): AsyncGenerator<string> {
  const { prefix, after } = wanted;
  const entries = await orNull(Array.fromAsync(Deno.readDir(join(base, at)))) ?? [];
  const sortKey = (entry: Deno.DirEntry) => entry.isDirectory ? `${entry.name}/` : entry.name;
  for (const entry of entries.sort((a, b) => sortKey(a) < sortKey(b) ? -1 : 1)) {
    const path = at + entry.name;
    if (path === TEMPORARY) continue;
    const inside = `${path}/`;
    if (entry.isFile && path > after && path.startsWith(prefix)) yield path;
    const done = inside < after && !after.startsWith(inside);
    if (entry.isDirectory && !done && (inside.startsWith(prefix) || prefix.startsWith(inside))) {
      yield* walk(base, wanted, inside);
    }
  }
}

/** A rename is durable when its folder is (POSIX); Windows can't open one and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.sync();
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function full(error: unknown): unknown {
  const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new AppError("storage_full", "There is no room left for files", {
    retryAfterMs: 60_000,
    cause: error,
  });
}
