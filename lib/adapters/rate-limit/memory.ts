import type { Clock } from "../../kernel/clock.ts";
import type { RateLimitDecision, RateLimiter, RateLimitPolicy } from "../../ports/rate-limit.ts";

/** Subjects that one policy remembers in one window; past it the oldest is forgotten. */
const MAX_SUBJECTS = 200_000;

/** Far below one unit; the sum of two weighed counts is not exact. */
const ROUNDING = 1e-6;

interface Counts {
  window: number;
  current: Map<string, number>;
  previous: Map<string, number>;
}

/** As the port, but at once: no promise on the hot path. */
export interface MemoryRateLimiter extends RateLimiter {
  take(policy: RateLimitPolicy, subject: string, cost?: number): RateLimitDecision;
  peek(policy: RateLimitPolicy, subject: string): RateLimitDecision;
  reset(policy: RateLimitPolicy, subject: string): void;
}

/**
 * A sliding window out of two counters: the last window's count weighs as much as it still overlaps. A window's
 * counters are dropped as a whole, so memory is bounded without a sweeper.
 */
export function createMemoryRateLimiter(
  clock: Clock,
  options: { maxSubjects?: number } = {},
): MemoryRateLimiter {
  const { maxSubjects = MAX_SUBJECTS } = options;
  const byPolicy = new Map<string, Counts>();
  let last = clock.now();
  let elapsed = 0;

  /** Never goes back: a clock set back by an hour must not lock anybody out for an hour. */
  function monotonic(): number {
    const now = clock.now();
    if (now > last) elapsed += now - last;
    last = now;
    return elapsed;
  }

  function countsOf(policy: RateLimitPolicy, window: number): Counts {
    let counts = byPolicy.get(policy.name);
    if (counts === undefined) {
      counts = { window, current: new Map(), previous: new Map() };
      byPolicy.set(policy.name, counts);
    } else if (counts.window !== window) {
      counts.previous = window === counts.window + 1 ? counts.current : new Map();
      counts.current = new Map();
      counts.window = window;
    }
    return counts;
  }

  function ask(policy: RateLimitPolicy, subject: string, { cost, take }: { cost: number; take: boolean }) {
    const now = monotonic();
    const window = Math.floor(now / policy.windowMs);
    const counts = countsOf(policy, window);
    const passed = now / policy.windowMs - window;
    const current = counts.current.get(subject) ?? 0;
    const previous = counts.previous.get(subject) ?? 0;
    const used = current + previous * (1 - passed);
    const allowed = used + cost <= policy.limit + ROUNDING;
    if (allowed && take && cost > 0) {
      counts.current.set(subject, current + cost);
      if (counts.current.size > maxSubjects) forgetOldest(counts.current);
    }
    return {
      allowed,
      limit: policy.limit,
      remaining: Math.max(0, Math.floor(policy.limit - used - (allowed && take ? cost : 0))),
      retryAfterMs: allowed ? 0 : waitMs(policy, { current, previous, passed, cost }),
    };
  }

  return {
    take: (policy, subject, cost = 1) => ask(policy, subject, { cost, take: true }),
    peek: (policy, subject) => ask(policy, subject, { cost: 1, take: false }),
    reset(policy, subject) {
      const counts = byPolicy.get(policy.name);
      counts?.current.delete(subject);
      counts?.previous.delete(subject);
    },
  };
}

export interface Use {
  readonly current: number;
  readonly previous: number;
  /** How much of the window has passed, 0 to 1. */
  readonly passed: number;
  readonly cost: number;
}

/** When `cost` fits if nothing else is taken: in this window, or when its count has begun to weigh less. */
export function waitMs(
  { limit, windowMs }: RateLimitPolicy,
  { current, previous, passed, cost }: Use,
): number {
  if (cost > limit) return windowMs; // never fits; the caller should ask for less
  const fits = current + cost <= limit
    ? 1 - (limit - cost - current) / previous - passed
    : 1 - passed + (1 - (limit - cost) / current);
  return Math.max(1, Math.ceil(fits * windowMs));
}

function forgetOldest(counts: Map<string, number>): void {
  for (const oldest of counts.keys()) {
    counts.delete(oldest);
    return;
  }
}
