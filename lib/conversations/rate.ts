import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { type MessageView, messageView } from "./present.ts";
import { selectTalk } from "./store.ts";
import { selectAttachments, selectMessage, selectRatings, upsertRating } from "./store-messages.ts";

export interface Rating {
  readonly messageId: string;
  readonly helpful: boolean;
  readonly comment?: string | null | undefined;
}

/** The customer says whether an answer helped; again replaces it. Throws 404 for what is not the visitor's own. */
export async function rateAnswer(
  ctx: Ctx,
  { messageId, helpful, comment }: Rating,
): Promise<MessageView> {
  requireScope(ctx, ctx.actor.kind === "visitor" ? "chat:visit" : "conversations:write");
  const words = comment ? cleanText(comment).trim().slice(0, 2000).toWellFormed() || null : null;
  return await ctx.transact(async (tx) => {
    const message = await selectMessage(tx, messageId);
    const talk = message === null ? null : await selectTalk(tx, message.conversationId);
    const others = ctx.actor.kind === "visitor" && talk?.contact.id !== ctx.actor.id;
    const gone = talk === null || talk.contact.erasedAt !== null;
    if (message === null || gone || others) throw notFound("message", messageId);
    if (message.direction !== "out") throw new AppError("conflict", "Only an answer can be rated");
    await upsertRating(tx, { messageId, rater: talk.contact.id, helpful, comment: words });
    await emit(tx, {
      type: "message.rated",
      subjectId: messageId,
      conversationId: message.conversationId,
      data: { message_id: messageId, helpful, comment: words },
    });
    const [attachments, ratings] = [
      await selectAttachments(tx, [messageId]),
      await selectRatings(tx, [messageId]),
    ];
    return messageView(message, { attachments, rating: ratings[0] });
  });
}
