import type { Ctx } from "../context.ts";
import { addressBlock } from "../kernel/address.ts";
import { HOUR, MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import type { RateLimitPolicy } from "../ports/rate-limit.ts";

/** What may be tried how often. An account is counted at every try and forgotten on success; see login.ts. */
export const LIMITS = {
  loginByAccount: { name: "login.account", limit: 10, windowMs: 15 * MINUTE, exact: true },
  /** Failures only: an office behind one address signs in as often as it likes. */
  loginByAddress: { name: "login.address", limit: 60, windowMs: 15 * MINUTE, exact: true },
  registerByAddress: { name: "register.address", limit: 200, windowMs: HOUR },
  resetByAccount: { name: "reset.account", limit: 5, windowMs: HOUR, exact: true },
  resetByAddress: { name: "reset.address", limit: 30, windowMs: HOUR, exact: true },
  tokenByAddress: { name: "one_time_token.address", limit: 60, windowMs: 15 * MINUTE, exact: true },
  passwordByUser: { name: "password.user", limit: 10, windowMs: 15 * MINUTE, exact: true },
  strengthByUser: { name: "strength.user", limit: 120, windowMs: MINUTE },
  strengthByAddress: { name: "strength.address", limit: 240, windowMs: MINUTE },
  invitationsByUser: { name: "invitations.user", limit: 100, windowMs: HOUR },
} as const satisfies Record<string, RateLimitPolicy>;

/** Takes one unit, or throws `rate_limited` with when to come again. */
export async function takeLimit(ctx: Ctx, policy: RateLimitPolicy, subject: string): Promise<void> {
  const { allowed, retryAfterMs } = await ctx.ports.limiter.take(policy, subject);
  if (!allowed) throw tooMany(retryAfterMs);
}

/** Throws `rate_limited` when no unit is left, and takes none. */
export async function checkLimit(ctx: Ctx, policy: RateLimitPolicy, subject: string): Promise<void> {
  const { allowed, retryAfterMs } = await ctx.ports.limiter.peek(policy, subject);
  if (!allowed) throw tooMany(retryAfterMs);
}

export function addressOf(ctx: Ctx): string {
  return addressBlock(ctx.address ?? "unknown");
}

/** What refuses a try that comes too soon. */
export function tooMany(retryAfterMs: number): AppError {
  return new AppError("rate_limited", "Too many attempts; try again later", { retryAfterMs });
}
