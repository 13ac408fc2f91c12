import { join } from "node:path";
import type { Clock } from "../../kernel/clock.ts";
import type { Cache } from "../../ports/cache.ts";
import { type EntryHead, entryName, entryText, parseEntry, readHead } from "./file-entry.ts";
import { fromJson, toJson } from "./json.ts";

export interface FileCacheOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** The bound of the folder; pruning takes it to nine tenths. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Writes between two prunings. */
  readonly pruneEvery?: number;
}

interface Found extends EntryHead {
  readonly path: string;
  readonly size: number;
  readonly writtenAt: number;
}

/** A write that died half way leaves its temporary file; one this old is nobody's. */
const STALE_TEMPORARY_MS = 60_000;

/** One file an entry, written aside and renamed, so that a reader sees all of it or none. Faults are misses. */
export function createFileCache(
  { folder, clock, maxBytes = 256 * 1024 * 1024, pruneEvery = 256 }: FileCacheOptions,
): Cache {
  let hits = 0;
  let misses = 0;
  let writes = 0;
  let written = 0;
  let pruning: Promise<void> | undefined;
  const pathOf = async (key: string) => join(folder, await entryName(key));

  async function prune(): Promise<void> {
    const entries = await list(folder);
    const dead = entries.filter(({ expiresAt }) => expiresAt <= clock.now());
    const live = entries.filter(({ expiresAt }) => expiresAt > clock.now()).sort((a, b) =>
      a.writtenAt - b.writtenAt
    );
    let bytes = live.reduce((sum, { size }) => sum + size, 0);
    for (const { path } of dead) await remove(path);
    for (const { path, size } of bytes > maxBytes ? live : []) {
      if (bytes <= maxBytes * 0.9) break;
      await remove(path);
      bytes -= size;
    }
  }

  return {
    async get<T>(key: string): Promise<T | undefined> {
      const path = await pathOf(key);
      const text = await Deno.readTextFile(path).catch(() => undefined);
      const entry = text === undefined ? null : parseEntry(text);
      const fresh = entry !== null && entry.key === key && entry.expiresAt > clock.now();
      const value = fresh ? fromJson<T>(entry.json) : undefined;
      if (text !== undefined && value === undefined) await remove(path);
      value === undefined ? misses++ : hits++;
      return value;
    },
    async set(key, value, ttlMs) {
      const path = await pathOf(key);
      const json = toJson(value);
      if (json === undefined || !(ttlMs > 0)) return void await remove(path);
      const text = new TextEncoder().encode(entryText({ key, expiresAt: clock.now() + ttlMs }, json));
      if (text.byteLength > maxBytes / 4) return void await remove(path);
      await writeWhole(path, text);
      written += text.byteLength;
      if (++writes % pruneEvery === 0 || written > maxBytes / 10) {
        written = 0;
        await (pruning ??= prune().catch(() => {}).finally(() => pruning = undefined));
      }
    },
    async delete(key) {
      await remove(await pathOf(key));
    },
    async clear(prefix) {
      let cleared = 0;
      for (const { key, path } of await list(folder)) {
        if (key.startsWith(prefix) && await remove(path)) cleared++;
      }
      return cleared;
    },
    async stats() {
      const entries = await list(folder);
      const bytes = entries.reduce((sum, { size }) => sum + size, 0);
      return [{ layer: "file", entries: entries.length, bytes, hits, misses }];
    },
    async close() {
      await pruning;
    },
  };
}

async function writeWhole(path: string, text: Uint8Array): Promise<void> {
  const aside = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeFile(aside, text, { mode: 0o600 }).catch(async (thrown) => {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
      await Deno.mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
      await Deno.writeFile(aside, text, { mode: 0o600 });
    });
    await Deno.rename(aside, path);
  } catch {
    await remove(aside); // a full or read-only disk: the value is not kept
  }
}

/** Every entry of the folder; what is not one (cut off, left aside long ago) is removed on the way. */
async function list(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile) continue;
      const path = join(folder, name);
      const info = await Deno.stat(path).catch(() => null);
      if (info === null) continue;
      const writtenAt = info.mtime?.getTime() ?? 0;
      if (name.endsWith(".tmp")) {
        if (Date.now() - writtenAt > STALE_TEMPORARY_MS) await remove(path);
      } else if (name.endsWith(".json")) {
        const entry = await readHead(path).catch(() => null);
        if (entry === null) await remove(path);
        else found.push({ key: entry.key, expiresAt: entry.expiresAt, path, size: info.size, writtenAt });
      }
    }
  } catch { /* no folder yet: nothing is kept */ }
  return found;
}

async function remove(path: string): Promise<boolean> {
  return await Deno.remove(path).then(() => true, () => false);
}
