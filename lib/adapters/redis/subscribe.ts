export interface RedisSubscription {
  close(): Promise<void>;
}

/** A lost connection is tried again after so long at most. */
const MOST_WAIT_MS = 2000;

/**
 * Listens to a channel by ioredis, which loads now, and goes on through lost connections. `onMessage` is called with
 * null whenever messages may have been missed. Resolves at once: a Redis that is down holds nobody up.
 */
export async function subscribeRedis(
  url: string,
  { channel, onMessage }: { channel: string; onMessage: (text: string | null) => void },
): Promise<RedisSubscription> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(url, {
    connectTimeout: 2000,
    disconnectTimeout: 200,
    maxRetriesPerRequest: null,
    autoResubscribe: false,
    retryStrategy: (times) => Math.min(MOST_WAIT_MS, 50 * 2 ** Math.min(times, 6)),
  });
  redis.on("error", () => {}); // it tries again
  redis.on("message", (_channel: string, text: string) => onMessage(text));
  redis.on("ready", () => void redis.subscribe(channel).then(() => onMessage(null)).catch(() => {}));
  return {
    async close() {
      if (redis.status === "end") return;
      const ended = new Promise<void>((resolve) => redis.once("end", () => resolve()));
      redis.disconnect();
      await ended;
    },
  };
}
