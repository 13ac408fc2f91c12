import type { Tx } from "../context.ts";
import type { RateLimitPolicy } from "../ports/rate-limit.ts";
import type { WhatsAppNumber } from "./numbers.ts";
import { PACES } from "./policy.ts";
import { countTries, type Tries } from "./store-attempts.ts";

export interface Wait {
  readonly ms: number;
  readonly reason: "pair_pace" | "number_pace";
}

/**
 * How long a try has to wait for what the number, and the number with this customer, may send; null: not at all. It
 * counts the tries that are rows already, in the transaction that writes the next one: so the pace holds over any
 * number of processes, and after a restart.
 */
export async function paceWait(
  tx: Tx,
  { number, contactId }: { number: WhatsAppNumber; contactId: string },
): Promise<Wait | null> {
  const { accountId, messagesPerSecond } = number;
  const perSecond = { ...PACES.number, limit: messagesPerSecond ?? PACES.number.limit };
  const now = tx.now();
  const [pair, whole] = await Promise.all([
    countTries(tx, { accountId, contactId, after: now - PACES.pair.windowMs }),
    countTries(tx, { accountId, contactId: null, after: now - perSecond.windowMs }),
  ]);
  const pairMs = waitOf(pair, PACES.pair, now);
  if (pairMs > 0) return { ms: pairMs, reason: "pair_pace" };
  const numberMs = waitOf(whole, perSecond, now);
  return numberMs > 0 ? { ms: numberMs, reason: "number_pace" } : null;
}

/** Until the first of them leaves the window. */
function waitOf({ count, first }: Tries, { limit, windowMs }: RateLimitPolicy, now: number): number {
  return count < limit || first === null ? 0 : Math.max(1, first + windowMs - now);
}
