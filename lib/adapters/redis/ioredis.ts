import type { RedisConnection } from "./link.ts";

/** A connection by ioredis, which loads now. A command is tried once, and a lost connection stays lost. */
export async function connectRedis(url: string): Promise<RedisConnection> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    connectTimeout: 2000,
    disconnectTimeout: 200,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Without a listener a lost connection would end the process; the caller sees failed commands.
  redis.on("error", () => {});
  return {
    call: (command, ...args) => redis.call(command, ...args),
    async close() {
      if (redis.status === "end") return;
      const ended = new Promise<void>((resolve) => redis.once("end", () => resolve()));
      redis.disconnect();
      await ended;
    },
  };
}
