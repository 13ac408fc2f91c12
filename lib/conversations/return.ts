import { requireScope } from "../kernel/actors.ts";
import { enqueue, type JobCtx } from "../jobs/mod.ts";
import { loadBusiness } from "./business.ts";
import { conversationReturn } from "./jobs.ts";
import { selectTalk } from "./store.ts";
import { changeState } from "./transition.ts";

/** Gives a conversation back to the bot when nobody has said a word for long enough; else looks again when that is. */
export async function returnToBot(
  ctx: JobCtx,
  { conversationId }: { conversationId: string },
): Promise<void> {
  requireScope(ctx, "conversations:write");
  await ctx.transact(async (tx) => {
    await ctx.finish(tx);
    const talk = await selectTalk(tx, conversationId);
    const returnAt = talk?.conversation.returnAt ?? null;
    if (talk === null || returnAt === null) return;
    if (returnAt > tx.now()) {
      const key = `${conversationId}:${talk.conversation.state}`;
      await enqueue(tx, conversationReturn, { conversationId }, { runAt: returnAt, key });
      return;
    }
    await changeState(tx, { talk, transition: { to: "bot" }, business: await loadBusiness(tx) });
  });
}
