import type { Clock } from "../../kernel/clock.ts";
import type { Cache } from "../../ports/cache.ts";
import { createMemoryCache } from "./memory.ts";
import { createRedisCache } from "./redis.ts";
import { createTieredCache } from "./tiered.ts";
import { connectUpstash } from "../redis/upstash.ts";

const MEMORY = { maxEntries: 2000, maxBytes: 8 * 1024 * 1024 };

/** A little memory in front of Redis over REST; without Redis each isolate remembers for itself. */
export function createIsolateCache({ clock, redis, fetch }: {
  readonly clock: Clock;
  readonly redis: { readonly restUrl: string; readonly restToken: string } | null;
  readonly fetch: typeof globalThis.fetch;
}): Cache {
  const front = createMemoryCache({ clock, ...MEMORY });
  if (redis === null) return front;
  const connect = () => Promise.resolve(connectUpstash(redis, { fetch }));
  return createTieredCache({ front, back: createRedisCache({ connect, timeoutMs: 1500 }), clock });
}
