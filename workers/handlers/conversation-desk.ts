import {
  blobsDelete,
  conversationReturn,
  deleteBlobs,
  loadBusiness,
  notifyOperator,
  operatorsNotify,
  retentionApply,
  retentionSweep,
  returnToBot,
  sweepRetention,
} from "../../lib/conversations/mod.ts";
import { retainConversations } from "../../lib/privacy/mod.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";

/** What surrounds the answers: timed returns, notices, retention. */
export const conversationHandlers: readonly JobHandler[] = [
  handler(conversationReturn, returnToBot),
  handler(operatorsNotify, notifyOperator),
  handler(blobsDelete, deleteBlobs),
  handler(retentionSweep, (ctx) => sweepRetention(ctx)),
  handler(retentionApply, async (ctx) => {
    const { retention_days: days } = await loadBusiness(ctx);
    const deleted = await retainConversations(ctx, { days });
    ctx.ports.log.log("info", "Old conversations were deleted", { deleted });
  }),
];
