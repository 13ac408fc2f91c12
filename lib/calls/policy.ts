import type { CallDirection, CallState } from "../../db/schema/calls.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import type { RateLimitPolicy } from "../ports/rate-limit.ts";

/** How far the clock of a telephony system may be off; an older body is a replay. */
export const REPLAY_WINDOW_MS = 5 * MINUTE;

/** An answer may be told after the end: a call counts as missed when none came within this. */
export const MISSED_AFTER_MS = 15 * SECOND;

export const HOOK_MAX_BYTES = 64 * 1024;

/** Bodies with a wrong signature, from one address. */
export const UNSIGNED = {
  name: "calls.unsigned",
  limit: 60,
  windowMs: MINUTE,
} as const satisfies RateLimitPolicy;

/** What the times of a call make of it. */
export function stateOf(
  call: { direction: CallDirection; answeredAt: number | null; endedAt: number | null },
): CallState {
  const { direction, answeredAt, endedAt } = call;
  if (endedAt === null) return answeredAt === null ? "ringing" : "in_progress";
  if (answeredAt !== null) return "completed";
  return direction === "in" ? "missed" : "unanswered";
}
