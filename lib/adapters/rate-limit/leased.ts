import type { Clock } from "../../kernel/clock.ts";
import { sha256Hex } from "../../kernel/text.ts";
import type { RateLimitDecision, RateLimiter, RateLimitPolicy } from "../../ports/rate-limit.ts";
import type { RedisLink } from "../redis/link.ts";
import { createMemoryRateLimiter, waitMs } from "./memory.ts";
import { askWindow, type WindowState } from "./redis-window.ts";

export interface LeasedRateLimiterOptions {
  readonly clock: Clock;
  readonly link: RedisLink;
  /** Handed what goes on beside a request, so that a runtime which ends with its answer waits for it. */
  readonly keep?: (work: Promise<unknown>) => void;
}

export interface LeasedRateLimiter extends RateLimiter {
  /** Resolves when no command is under way. Never rejects. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Subjects with a bucket; past it the oldest starts anew. */
const MAX_BUCKETS = 200_000;
/** Units of a bucket at least: three quarters of it pass for each command. */
const LEAST_BUCKET = 60;

interface Bucket {
  readonly size: number;
  /** Clock time at which it starts anew. */
  readonly until: number;
  /** Units that may pass before Redis has said more. */
  room: number;
  /** Units of it that Redis has counted already. */
  leased: number;
  /** Units that passed and Redis does not know of. */
  debt: number;
  /** Clock time before which there is nothing to be had. */
  refusedUntil: number;
  /** When the present command counts as lost, by the monotonic clock. */
  askingUntil: number;
}

/**
 * Limits of all processes together, counted in Redis, while a request costs 1/45 command at most: a subject has a
 * bucket of `max(60, limit / 20)` units in each process, and a new one is leased beside the requests when a quarter is
 * left. In a window at most `limit + processes * (bucket + what comes during one round trip)` units pass, and never
 * more than `limit` in one process; up to a bucket a process may lapse unused. Policies that are `exact` cost a command
 * each and overshoot by nothing. While Redis is down, every limit is each process's own.
 */
export function createLeasedRateLimiter(
  { clock, link, keep = () => {} }: LeasedRateLimiterOptions,
): LeasedRateLimiter {
  const local = createMemoryRateLimiter(clock);
  const buckets = new Map<string, Bucket>();
  const asking = new Set<Promise<void>>();

  function bucketOf(policy: RateLimitPolicy, subject: string): Bucket {
    const name = `${policy.name}:${subject}`;
    const known = buckets.get(name);
    if (known !== undefined && clock.now() < known.until) return known;
    buckets.delete(name);
    const size = Math.max(LEAST_BUCKET, Math.ceil(policy.limit / 20));
    const fresh = {
      size,
      until: clock.now() + policy.windowMs,
      room: size,
      leased: 0,
      debt: 0,
      refusedUntil: 0,
      askingUntil: 0,
    };
    buckets.set(name, fresh);
    if (buckets.size > MAX_BUCKETS) { for (const oldest of buckets.keys()) return drop(oldest, fresh); }
    return fresh;
  }

  function drop(name: string, fresh: Bucket): Bucket {
    buckets.delete(name);
    return fresh;
  }

  function takeLeased(policy: RateLimitPolicy, { subject, cost }: { subject: string; cost: number }) {
    const bucket = bucketOf(policy, subject);
    const waits = bucket.refusedUntil - clock.now();
    if (bucket.room < cost && waits > 0) return refusal(policy, waits);
    const decision = local.take(policy, subject, cost);
    if (!decision.allowed) return decision;
    bucket.room -= cost;
    const leased = Math.min(bucket.leased, cost);
    bucket.leased -= leased;
    bucket.debt += cost - leased;
    if (bucket.room <= bucket.size / 4 && waits <= 0 && performance.now() >= bucket.askingUntil) {
      bucket.askingUntil = performance.now() + 2 * link.timeoutMs;
      const work = lease(bucket, { policy, subject }).finally(() => asking.delete(work));
      asking.add(work);
      keep(work);
    }
    return decision;
  }

  /** Reports what passed and fills the bucket up. */
  async function lease(
    bucket: Bucket,
    { policy, subject }: { policy: RateLimitPolicy; subject: string },
  ): Promise<void> {
    const { debt } = bucket;
    const want = bucket.size - Math.max(0, Math.floor(bucket.room));
    const key = await keyOf(policy, subject);
    const state = await link.attempt((call) => askWindow(call, { policy, key, debt, want, least: 0 }));
    bucket.askingUntil = 0;
    if (state === undefined) {
      bucket.room = bucket.size; // the local limit alone decides
      return;
    }
    bucket.debt -= debt;
    bucket.room = Math.max(0, bucket.room) + state.granted;
    bucket.leased += state.granted;
    if (state.granted >= want / 2) return;
    // Until a bucket's worth has come free again, so that asking stays rare at the limit too.
    const { limit, windowMs } = policy;
    const free = Math.min(windowMs, Math.ceil(windowMs * 0.75 * bucket.size / limit));
    bucket.refusedUntil = clock.now() + free;
  }

  /** One command; undefined while Redis is down. */
  async function ask(policy: RateLimitPolicy, { subject, cost, take }: {
    subject: string;
    cost: number;
    take: boolean;
  }): Promise<RateLimitDecision | undefined> {
    const key = await keyOf(policy, subject);
    // Asking for more than the limit is never granted, so it takes nothing.
    const want = take ? cost : 0;
    const state = await link.attempt((call) => askWindow(call, { policy, key, debt: 0, want, least: want }));
    return state && decisionOf(policy, { state, cost, taken: take });
  }

  return {
    take(policy, subject, cost = 1) {
      if (policy.exact !== true) return takeLeased(policy, { subject, cost });
      return (async () => {
        const own = local.peek(policy, subject);
        if (!own.allowed) return own;
        const shared = await ask(policy, { subject, cost, take: true });
        if (shared?.allowed === false) return shared;
        const counted = local.take(policy, subject, cost);
        return shared ?? counted;
      })();
    },
    peek(policy, subject) {
      const own = local.peek(policy, subject);
      if (policy.exact !== true || !own.allowed) return own;
      return ask(policy, { subject, cost: 1, take: false }).then((shared) => shared ?? own);
    },
    async reset(policy, subject) {
      local.reset(policy, subject);
      buckets.delete(`${policy.name}:${subject}`);
      const key = await keyOf(policy, subject);
      await link.attempt((call) => call("DEL", key));
    },
    async settled() {
      while (asking.size > 0) await Promise.all(asking);
    },
    async close() {
      await link.close();
      while (asking.size > 0) await Promise.all(asking);
    },
  };
}

/** Subjects are addresses and names of accounts: Redis learns neither. */
async function keyOf({ name }: RateLimitPolicy, subject: string): Promise<string> {
  return `cauce:limit:${name}:${(await sha256Hex(JSON.stringify(subject))).slice(0, 32)}`;
}

function refusal({ limit }: RateLimitPolicy, retryAfterMs: number): RateLimitDecision {
  return { allowed: false, limit, remaining: 0, retryAfterMs: Math.max(1, Math.ceil(retryAfterMs)) };
}

function decisionOf(
  policy: RateLimitPolicy,
  { state, cost, taken }: { state: WindowState; cost: number; taken: boolean },
): RateLimitDecision {
  const { granted, current, previous, passed } = state;
  const left = policy.limit - current - previous * (1 - passed);
  const allowed = taken ? granted >= cost : left >= cost;
  if (!allowed) return refusal(policy, waitMs(policy, { current, previous, passed, cost }));
  return { allowed, limit: policy.limit, remaining: Math.max(0, Math.floor(left)), retryAfterMs: 0 };
}
