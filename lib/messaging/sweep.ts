import { messageSend } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { MINUTE } from "../kernel/clock.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { DOUBT_MS, RECEIPT_LIMITS } from "./policy.ts";
import { selectForgotten } from "./store-outgoing.ts";
import { deleteOldReceipts } from "./store-receipts.ts";

const BATCH = 500;

/**
 * The net under the queue: a message that nobody has touched for minutes gets a new job (its sender was lost, or
 * died with its process too often). A job too many does no harm: it finds the message at its right place or leaves.
 */
export async function sweepMessaging(ctx: Ctx): Promise<{ revived: number; receipts: number }> {
  requireScope(ctx, "platform:write");
  const before = ctx.now() - 3 * MINUTE - DOUBT_MS;
  const forgotten = await selectForgotten(ctx, { before, limit: BATCH });
  if (forgotten.length > 0) {
    await ctx.transact(async (tx) => {
      for (const { id: messageId, workspaceId } of forgotten) {
        await enqueueLate(tx.as({ workspaceId }), messageSend, { messageId });
      }
    });
    ctx.ports.log.log("warn", "messages without a sender got one", { messages: forgotten.length });
  }
  const receipts = await ctx.transact((tx) =>
    deleteOldReceipts(tx, { before: tx.now() - RECEIPT_LIMITS.keepMs, limit: BATCH })
  );
  return { revived: forgotten.length, receipts };
}
