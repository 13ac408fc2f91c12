import { requireScope } from "../kernel/actors.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { loadBusiness } from "./business.ts";
import { selectTalk } from "./store.ts";
import { changeState, scheduleReturn } from "./transition.ts";

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
      return await scheduleReturn(tx, talk.conversation);
    }
    await changeState(tx, { talk, transition: { to: "bot" }, business: await loadBusiness(tx) });
  });
}
