/** Sends one command, for example `call("SET", key, text, "PX", "1000")`. */
export type RedisCall = (command: string, ...args: string[]) => Promise<unknown>;

export interface RedisConnection {
  readonly call: RedisCall;
  /** What is under way fails. */
  close(): Promise<void>;
}

export interface RedisLinkOptions {
  /** Called at the first use, and again after a fault and the rest that follows it. */
  readonly connect: () => Promise<RedisConnection>;
  /** A command that takes longer counts as failed. */
  readonly timeoutMs?: number;
  /** After a fault nothing is tried for so long, so that a dead Redis costs next to nothing. */
  readonly restMs?: number;
}

/** A Redis that may be down, hang or answer rubbish without anybody failing or waiting long. */
export interface RedisLink {
  readonly timeoutMs: number;
  /** undefined on any fault, and at once while it rests after one. */
  attempt<T>(work: (call: RedisCall) => Promise<T>, limitMs?: number): Promise<T | undefined>;
  close(): Promise<void>;
}

export function createRedisLink({ connect, timeoutMs = 250, restMs = 2000 }: RedisLinkOptions): RedisLink {
  let connection: Promise<RedisConnection> | undefined;
  let restUntil = 0;
  const leaving = new Set<Promise<void>>();

  function leave(): Promise<void> {
    const left = connection?.then((one) => one.close()).catch(() => {}) ?? Promise.resolve();
    connection = undefined;
    leaving.add(left);
    return left.finally(() => leaving.delete(left));
  }

  return {
    timeoutMs,
    // The rest is measured by the monotonic clock: it is about this process.
    async attempt(work, limitMs = timeoutMs) {
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
    },
    async close() {
      restUntil = Infinity;
      await leave();
      await Promise.all(leaving);
    },
  };
}
