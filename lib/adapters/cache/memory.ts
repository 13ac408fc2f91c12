import type { Clock } from "../../kernel/clock.ts";
import type { Cache } from "../../ports/cache.ts";
import { fromJson, toJson } from "./json.ts";

export interface MemoryCacheOptions {
  readonly clock: Clock;
  readonly maxEntries?: number;
  /** Of keys and values, two bytes a character. */
  readonly maxBytes?: number;
}

interface Kept {
  readonly json: string;
  readonly expiresAt: number;
  readonly bytes: number;
}

/** Least recently used goes first. Values are kept as text, so that no caller can change another's copy. */
export function createMemoryCache(
  { clock, maxEntries = 10_000, maxBytes = 32 * 1024 * 1024 }: MemoryCacheOptions,
): Cache {
  /** A Map keeps the order of insertion: the first is the one not used for longest. */
  const kept = new Map<string, Kept>();
  let bytes = 0;
  let hits = 0;
  let misses = 0;

  function drop(key: string): boolean {
    const entry = kept.get(key);
    if (entry === undefined) return false;
    bytes -= entry.bytes;
    return kept.delete(key);
  }

  return {
    get<T>(key: string): Promise<T | undefined> {
      const entry = kept.get(key);
      if (entry === undefined || entry.expiresAt <= clock.now()) {
        drop(key);
        misses++;
        return Promise.resolve(undefined);
      }
      kept.delete(key);
      kept.set(key, entry);
      hits++;
      return Promise.resolve(fromJson<T>(entry.json));
    },
    set(key, value, ttlMs) {
      drop(key);
      const json = toJson(value);
      if (json === undefined || !(ttlMs > 0)) return Promise.resolve();
      const size = 2 * (key.length + json.length);
      if (size > maxBytes / 4) return Promise.resolve();
      kept.set(key, { json, expiresAt: clock.now() + ttlMs, bytes: size });
      bytes += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= maxEntries && bytes <= maxBytes) break;
        drop(oldest);
      }
      return Promise.resolve();
    },
    delete(key) {
      drop(key);
      return Promise.resolve();
    },
    clear(prefix) {
      let cleared = 0;
      for (const key of kept.keys()) if (key.startsWith(prefix) && drop(key)) cleared++;
      return Promise.resolve(cleared);
    },
    stats: () => Promise.resolve([{ layer: "memory", entries: kept.size, bytes, hits, misses }]),
    close() {
      kept.clear();
      bytes = 0;
      return Promise.resolve();
    },
  };
}
