import { queueNext } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { changeState } from "./change.ts";
import { endAttempt } from "./store-attempts.ts";
import { selectMessageRow } from "./store-outgoing.ts";

/**
 * The time for a status is over: the message is held, for a person to look at and to send again or not. The ones
 * behind it go on.
 */
export async function decideDoubt(
  ctx: JobCtx,
  { messageId, attemptId }: { messageId: string; attemptId: string },
): Promise<void> {
  requireScope(ctx, "conversations:write");
  await ctx.transact(async (tx) => {
    await ctx.finish(tx);
    const message = await selectMessageRow(tx, messageId);
    const open = await endAttempt(tx, attemptId, { outcome: "unknown", reason: "outcome_unknown" });
    if (message === null || !open || message.state !== "processing") return;
    await changeState(tx, message, { state: "held", reason: "outcome_unknown" });
    await queueNext(tx, message.conversationId);
  });
}
