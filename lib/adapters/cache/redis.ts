import type { Cache } from "../../ports/cache.ts";
import { createRedisLink, type RedisCall, type RedisLinkOptions } from "../redis/link.ts";
import { fromJson, toJson } from "./json.ts";

export interface RedisCacheOptions extends RedisLinkOptions {
  readonly keyPrefix?: string;
}

/** Redis as a cache: a Redis that is down or hangs means misses, never failures, in bounded time. */
export function createRedisCache({ keyPrefix = "cauce:cache:", ...options }: RedisCacheOptions): Cache {
  const { attempt, timeoutMs, close } = createRedisLink(options);
  let hits = 0;
  let misses = 0;
  /** UTF-8 has no lone surrogates: escaped, so that two keys stay two. */
  const nameOf = (key: string) =>
    keyPrefix + key.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);

  /** Every key under a prefix, by SCAN, so that Redis is never held up. */
  async function scan(
    call: RedisCall,
    prefix: string,
    each: (keys: string[]) => Promise<void>,
  ): Promise<void> {
    const pattern = `${globSafe(nameOf(prefix))}*`;
    for (let cursor = "0", first = true; first || cursor !== "0"; first = false) {
      const [next, keys] = scanReply(await call("SCAN", cursor, "MATCH", pattern, "COUNT", "500"));
      if (keys.length > 0) await each(keys);
      cursor = next;
    }
  }

  return {
    async get<T>(key: string): Promise<T | undefined> {
      const text = await attempt((call) => call("GET", nameOf(key)));
      const value = typeof text === "string" ? fromJson<T>(text) : undefined;
      value === undefined ? misses++ : hits++;
      return value;
    },
    async set(key, value, ttlMs) {
      const json = toJson(value);
      const keep = json !== undefined && ttlMs > 0;
      await attempt((call) =>
        keep
          ? call("SET", nameOf(key), json, "PX", String(Math.max(1, Math.round(ttlMs))))
          : call("DEL", nameOf(key))
      );
    },
    async delete(key) {
      await attempt((call) => call("DEL", nameOf(key)));
    },
    async clear(prefix) {
      const gone = new Set<string>();
      await attempt((call) =>
        scan(call, prefix, async (keys) => {
          await call("UNLINK", ...keys);
          for (const key of keys) gone.add(key);
        }), 20 * timeoutMs);
      return gone.size;
    },
    async stats() {
      const seen = new Set<string>();
      await attempt(
        (call) => scan(call, "", (keys) => Promise.resolve(void keys.forEach((key) => seen.add(key)))),
        4 * timeoutMs,
      );
      return [{ layer: "redis", entries: seen.size, bytes: null, hits, misses }];
    },
    close,
  };
}

function globSafe(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}

function scanReply(reply: unknown): [string, string[]] {
  if (!Array.isArray(reply) || !Array.isArray(reply[1])) {
    throw new Error("Redis answered SCAN with something else");
  }
  return [String(reply[0]), reply[1].map(String)];
}
