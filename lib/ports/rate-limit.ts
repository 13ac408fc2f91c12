/** A named limit, as data: at most `limit` units in any `windowMs` (sliding window). */
export interface RateLimitPolicy {
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  /** Guards a credential: where processes count together, not one unit too many may pass. */
  readonly exact?: true;
}

export interface RateLimitDecision {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the next unit fits; 0 when allowed. */
  readonly retryAfterMs: number;
}

export interface RateLimiter {
  /** Takes `cost` units (default 1) for `subject` under the policy, or refuses without taking any. */
  take(
    policy: RateLimitPolicy,
    subject: string,
    cost?: number,
  ): RateLimitDecision | Promise<RateLimitDecision>;
  /** What `take` would say, without taking. */
  peek(policy: RateLimitPolicy, subject: string): RateLimitDecision | Promise<RateLimitDecision>;
  /** Forgets the subject, for example after a right password. */
  reset(policy: RateLimitPolicy, subject: string): void | Promise<void>;
}
