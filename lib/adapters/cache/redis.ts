import type { Cache } from "../../ports/cache.ts";
import { fromJson, toJson } from "./json.ts";

/** Sends one command, for example `call("SET", key, text, "PX", "1000")`. */
export type RedisCall = (command: string, ...args: string[]) => Promise<unknown>;

export interface RedisConnection {
  readonly call: RedisCall;
  /** What is under way fails. */
  close(): Promise<void>;
}

export interface RedisCacheOptions {
  /** Called at the first use, and again after a fault and the rest that follows it. */
  readonly connect: () => Promise<RedisConnection>;
  /** A command that takes longer counts as failed. */
  readonly timeoutMs?: number;
  /** After a fault everything is a miss for so long, so that a dead Redis costs next to nothing. */
  readonly restMs?: number;
  readonly keyPrefix?: string;
}

/** Redis as a cache: a Redis that is down or hangs means misses, never failures, in bounded time. */
export function createRedisCache(
  { connect, timeoutMs = 250, restMs = 2000, keyPrefix = "cauce:cache:" }: RedisCacheOptions,
): Cache {
  let connection: Promise<RedisConnection> | undefined;
  let restUntil = 0;
  let hits = 0;
  let misses = 0;
  /** UTF-8 has no lone surrogates: escaped, so that two keys stay two. */
  const nameOf = (key: string) =>
    keyPrefix + key.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);

  /** undefined on any fault. The rest is measured by the monotonic clock: it is about this process. */
  async function attempt<T>(
    work: (call: RedisCall) => Promise<T>,
    limitMs = timeoutMs,
  ): Promise<T | undefined> {
    if (performance.now() < restUntil) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("Redis took too long")), limitMs);
    });
    try {
      connection ??= connect();
      const { call } = await Promise.race([connection, late]);
      return await Promise.race([work(call), late]);
    } catch {
      restUntil = performance.now() + restMs;
      void leave();
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  const leaving = new Set<Promise<void>>();
  function leave(): Promise<void> {
    const left = connection?.then((one) => one.close()).catch(() => {}) ?? Promise.resolve();
    connection = undefined;
    leaving.add(left);
    return left.finally(() => leaving.delete(left));
  }

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
    async close() {
      restUntil = Infinity;
      await leave();
      await Promise.all(leaving);
    },
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
