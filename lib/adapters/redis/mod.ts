import { connectRedis } from "./ioredis.ts";
import type { RedisLinkOptions } from "./link.ts";
import { connectUpstash } from "./upstash.ts";

/** `config.redis`: by its own protocol, or over REST. */
export type RedisSettings = { readonly url: string } | {
  readonly restUrl: string;
  readonly restToken: string;
};

/** How a Redis is reached, and how long a command may take; another continent is allowed for over REST. */
export function linkTo(redis: RedisSettings): RedisLinkOptions {
  if ("url" in redis) return { connect: () => connectRedis(redis.url) };
  const connect = () => Promise.resolve(connectUpstash(redis, { fetch: globalThis.fetch }));
  return { connect, timeoutMs: 1500 };
}
