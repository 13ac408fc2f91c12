import { AppError } from "../../lib/kernel/errors.ts";
import { MINUTE } from "../../lib/kernel/clock.ts";
import type { RateLimitDecision, RateLimiter, RateLimitPolicy } from "../../lib/ports/rate-limit.ts";

/** The general limits of the API, as data. Narrower ones (login, chat) live with their domain. */
export function generalLimits(server: { addressPerMinute: number; actorPerMinute: number }) {
  return {
    address: { name: "address", limit: server.addressPerMinute, windowMs: MINUTE },
    actor: { name: "actor", limit: server.actorPerMinute, windowMs: MINUTE },
  } as const satisfies Record<string, RateLimitPolicy>;
}

/** Takes one unit or throws 429 with when to come back. Stays synchronous when the limiter is. */
export function takeOrRefuse(
  limiter: RateLimiter,
  { policy, subject }: { policy: RateLimitPolicy; subject: string },
): void | Promise<void> {
  const decision = limiter.take(policy, subject);
  return decision instanceof Promise
    ? decision.then((late) => refuse(late, policy))
    : refuse(decision, policy);
}

function refuse(decision: RateLimitDecision, policy: RateLimitPolicy): void {
  if (decision.allowed) return;
  const seconds = Math.max(1, Math.ceil(decision.retryAfterMs / 1000));
  throw new AppError(
    "rate_limited",
    `More than ${policy.limit} requests in ${policy.windowMs / 1000} seconds; try again in ${seconds} s`,
    { retryAfterMs: decision.retryAfterMs, extra: { limit: policy.limit, policy: policy.name } },
  );
}
