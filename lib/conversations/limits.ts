import type { Ctx } from "../context.ts";
import { MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { RateLimitPolicy } from "../ports/rate-limit.ts";
import { LIMITS } from "./schemas.ts";

/** How often a visitor may do what. An office or a school is one address, so addresses get more. */
export const RATES = {
  sessions: { name: "chat.sessions", limit: 300, windowMs: 5 * MINUTE },
  messages: { name: "chat.messages", limit: 60, windowMs: MINUTE },
  /** Notices to one operator or address: past it they wait, and are dropped when nobody waits any more. */
  notices: { name: "operators.notices", limit: 60, windowMs: 10 * MINUTE },
  files: { name: "chat.files", limit: 20, windowMs: 10 * MINUTE },
} as const satisfies Record<string, RateLimitPolicy>;

/** Takes one unit or throws 429 with when to come back. */
export async function takeRate(ctx: Ctx, policy: RateLimitPolicy, subject: string): Promise<void> {
  const { allowed, retryAfterMs } = await ctx.ports.limiter.take(policy, subject);
  if (allowed) return;
  throw new AppError("rate_limited", "That was a lot in a short time; wait a little", {
    retryAfterMs,
    extra: { limit: policy.limit, policy: policy.name },
  });
}

/** Throws 413 for a text that no channel carries. */
export function refuseLong(text: string): void {
  if (text.length <= LIMITS.text) return;
  throw new AppError("payload_too_large", `A message has at most ${LIMITS.text} characters`, {
    extra: { max_characters: LIMITS.text },
  });
}
