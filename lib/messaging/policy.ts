import { DAY, MINUTE, SECOND } from "../kernel/clock.ts";
import type { RateLimitPolicy } from "../ports/rate-limit.ts";

/** What a webhook may bring. Meta's own bound is 3 MB; a body of so many news has never been seen. */
export const RECEIPT_LIMITS = { bytes: 3 * 1024 * 1024, news: 5000, keepMs: 30 * DAY } as const;

/** So many webhooks being stored at once are a flood; it lasts until so long after. */
export const FLOOD = { inFlight: 16, afterMs: 250 } as const;

/** Bodies that nobody of ours signed, from one address. */
export const UNSIGNED = {
  name: "hooks.unsigned",
  limit: 300,
  windowMs: MINUTE,
} as const satisfies RateLimitPolicy;

/**
 * How fast a number may send. A pair: one message in six seconds on average, 45 of them at once. A number: messages
 * a second, unless the account's settings say otherwise (20 in coexistence, 1,000 after Meta's upgrade).
 */
export const PACES = {
  pair: { name: "whatsapp.pair", limit: 45, windowMs: 270 * SECOND },
  number: { name: "whatsapp.number", limit: 80, windowMs: SECOND },
} as const satisfies Record<string, RateLimitPolicy>;

/** How long a status is waited for when nobody knows whether a message went out. */
export const DOUBT_MS = 10 * MINUTE;

/** Tries of one message after failures that pass by themselves, the first included. */
export const MAX_TRIES = 5;
export const TRY_BACKOFF = { baseMs: 2 * SECOND, maxMs: 2 * MINUTE } as const;

/** A paused number is looked at again at least this often, so that mending it takes effect soon. */
export const MOST_WAIT_MS = MINUTE;

/** Customers' files; larger ones are not fetched. */
export const MEDIA_MAX_BYTES = 100 * 1024 * 1024;

/** Which news of a message outranks which: they come late, doubled and out of order. */
export const STATE_RANK = { sent: 1, failed: 2, delivered: 3, read: 4 } as const;
export type RankedState = keyof typeof STATE_RANK;

export function rankOf(state: string): number {
  return Object.hasOwn(STATE_RANK, state) ? STATE_RANK[state as RankedState] : 0;
}
