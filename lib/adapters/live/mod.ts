import type { LiveBus } from "../../ports/live.ts";
import { createRedisLink } from "../redis/link.ts";
import { linkTo, type RedisSettings } from "../redis/mod.ts";
import { subscribeRedis } from "../redis/subscribe.ts";
import { createMemoryLiveBus } from "./memory.ts";
import { createRedisLiveBus } from "./redis.ts";

/** A bus, and its life where it reaches other processes. */
export interface OpenLiveBus extends LiveBus {
  start(): Promise<void>;
  close(): Promise<void>;
}

/** The bus of this process, joined with others' where a Redis is configured. Over REST it tells and does not listen. */
export function createLiveBus(redis: RedisSettings | null): OpenLiveBus {
  const local = createMemoryLiveBus();
  if (redis === null) {
    const nothing = () => Promise.resolve();
    return Object.assign(local, { start: nothing, close: nothing });
  }
  return createRedisLiveBus({
    local,
    link: createRedisLink(linkTo(redis)),
    subscribe: "url" in redis
      ? (channel, onMessage) => subscribeRedis(redis.url, { channel, onMessage })
      : null,
  });
}
