import type { Ctx } from "../context.ts";
import type { WhatsAppNumber } from "./numbers.ts";
import { PACES } from "./policy.ts";

/** Takes one message's share of what the number, and the number with this customer, may send; or says how long to wait. */
export async function takePace(
  ctx: Ctx,
  { number, contactId }: { number: WhatsAppNumber; contactId: string },
): Promise<{ readonly ms: number; readonly reason: string } | null> {
  const { limiter } = ctx.ports;
  const { accountId, messagesPerSecond } = number;
  const pair = `${accountId}:${contactId}`;
  const before = await limiter.peek(PACES.pair, pair);
  if (!before.allowed) return { ms: before.retryAfterMs, reason: "pair_pace" };
  const perSecond = { ...PACES.number, limit: messagesPerSecond ?? PACES.number.limit };
  const whole = await limiter.take(perSecond, accountId);
  if (!whole.allowed) return { ms: whole.retryAfterMs, reason: "number_pace" };
  const taken = await limiter.take(PACES.pair, pair);
  return taken.allowed ? null : { ms: taken.retryAfterMs, reason: "pair_pace" };
}
