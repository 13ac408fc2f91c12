import type { Clock } from "../../kernel/clock.ts";
import type { Cache } from "../../ports/cache.ts";
import { createFileCache } from "./file.ts";
import { connectRedis } from "./ioredis.ts";
import { createMemoryCache } from "./memory.ts";
import { createRedisCache } from "./redis.ts";
import { createTieredCache } from "./tiered.ts";
import { connectUpstash } from "./upstash.ts";

export interface CacheOptions {
  readonly clock: Clock;
  /** Of the entries on disk, where there is no Redis. */
  readonly folder: string;
  /** `config.redis`. */
  readonly redis: { readonly url: string } | { readonly restUrl: string; readonly restToken: string } | null;
}

/** Memory in front of Redis where one is configured, else in front of files that outlive the process. */
export function createCache({ clock, folder, redis }: CacheOptions): Cache {
  const front = createMemoryCache({ clock });
  const back = redis === null ? createFileCache({ folder, clock }) : createRedisCache(
    "url" in redis ? { connect: () => connectRedis(redis.url) } : {
      connect: () => Promise.resolve(connectUpstash(redis, { fetch: globalThis.fetch })),
      timeoutMs: 1500,
    },
  );
  return createTieredCache({ front, back, clock });
}
