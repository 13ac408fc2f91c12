import type { Clock } from "../../kernel/clock.ts";
import type { RateLimiter } from "../../ports/rate-limit.ts";
import { createRedisLink } from "../redis/link.ts";
import { linkTo, type RedisSettings } from "../redis/mod.ts";
import { createLeasedRateLimiter } from "./leased.ts";
import { createMemoryRateLimiter } from "./memory.ts";

/** Limits of all processes together where a Redis is configured, else of this one. */
export function createRateLimiter(
  { clock, redis }: { readonly clock: Clock; readonly redis: RedisSettings | null },
): RateLimiter & { close(): Promise<void> } {
  if (redis !== null) return createLeasedRateLimiter({ clock, link: createRedisLink(linkTo(redis)) });
  return Object.assign(createMemoryRateLimiter(clock), { close: () => Promise.resolve() });
}
