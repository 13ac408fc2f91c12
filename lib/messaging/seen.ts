import { requireScope } from "../kernel/actors.ts";
import { messageOf } from "../kernel/errors.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { numberOfAccount } from "./numbers.ts";
import { selectLastIncoming } from "./store-outgoing.ts";

/**
 * Ticks the customer's latest message blue, with a typing sign while an answer is made. A courtesy: whatever goes
 * wrong is only logged.
 */
export async function showSeen(
  ctx: JobCtx,
  { conversationId, typing }: { conversationId: string; typing: boolean },
): Promise<void> {
  requireScope(ctx, "conversations:write");
  const message = await selectLastIncoming(ctx, conversationId);
  if (message === null || message.externalId === null) return;
  const number = await numberOfAccount(ctx, message.channelAccountId);
  if (number === null || !number.enabled || !number.showsTyping) return;
  try {
    await ctx.ports.whatsapp.markRead(number.call, message.externalId, { typing, signal: ctx.signal });
  } catch (thrown) {
    ctx.ports.log.log("info", "a customer could not be shown that the message was seen", {
      conversation_id: conversationId,
      error: messageOf(thrown),
    });
  }
}
