import type { Clock } from "../../kernel/clock.ts";
import type { Cache } from "../../ports/cache.ts";
import { createFileCache } from "./file.ts";
import { createMemoryCache } from "./memory.ts";
import { createRedisCache } from "./redis.ts";
import { createTieredCache } from "./tiered.ts";
import { linkTo, type RedisSettings } from "../redis/mod.ts";

export interface CacheOptions {
  readonly clock: Clock;
  /** Of the entries on disk, where there is no Redis. */
  readonly folder: string;
  /** `config.redis`. */
  readonly redis: RedisSettings | null;
}

/** Memory in front of Redis where one is configured, else in front of files that outlive the process. */
export function createCache({ clock, folder, redis }: CacheOptions): Cache {
  const front = createMemoryCache({ clock });
  const back = redis === null ? createFileCache({ folder, clock }) : createRedisCache(linkTo(redis));
  return createTieredCache({ front, back, clock });
}
