import type { Clock } from "../../kernel/clock.ts";
import type { Cache } from "../../ports/cache.ts";

export interface TieredCacheOptions {
  readonly front: Cache;
  readonly back: Cache;
  readonly clock: Clock;
  /** How long another process's change may go unseen here. */
  readonly frontTtlMs?: number;
}

/** The value with its end, since the back layer does not tell how long an entry has left. */
interface Dated<T> {
  readonly v: T;
  readonly e: number;
}

/** A quick layer before a shared or lasting one. */
export function createTieredCache({ front, back, clock, frontTtlMs = 30_000 }: TieredCacheOptions): Cache {
  return {
    async get<T>(key: string): Promise<T | undefined> {
      const near = await front.get<Dated<T>>(key);
      if (near !== undefined && near.e > clock.now()) return near.v;
      const far = await back.get<Dated<T>>(key);
      if (far === undefined || !(far.e > clock.now())) return undefined;
      await front.set(key, far, Math.min(frontTtlMs, far.e - clock.now()));
      return far.v;
    },
    async set(key, value, ttlMs) {
      if (value === undefined || !(ttlMs > 0)) {
        await Promise.all([front.delete(key), back.delete(key)]);
        return;
      }
      const dated = { v: value, e: clock.now() + ttlMs };
      await Promise.all([front.set(key, dated, Math.min(frontTtlMs, ttlMs)), back.set(key, dated, ttlMs)]);
    },
    async delete(key) {
      await Promise.all([front.delete(key), back.delete(key)]);
    },
    async clear(prefix) {
      const counts = await Promise.all([front.clear(prefix), back.clear(prefix)]);
      return Math.max(...counts);
    },
    async stats() {
      return (await Promise.all([front.stats(), back.stats()])).flat();
    },
    async close() {
      await Promise.all([front.close(), back.close()]);
    },
  };
}
