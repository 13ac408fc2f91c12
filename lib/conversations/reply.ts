import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { cleanText } from "../kernel/text.ts";
import type { StoredFile } from "./attachments.ts";
import { loadBusiness, returnTime } from "./business.ts";
import { refuseLong } from "./limits.ts";
import { loadTalk } from "./load.ts";
import { requireWindow } from "./outgoing.ts";
import { post, type Posted } from "./post.ts";
import { type MessageView, messageView } from "./present.ts";
import { markAllAnswered, selectFirstUnsent } from "./store-messages.ts";
import { changeState, scheduleReturn } from "./transition.ts";

export interface Reply {
  readonly conversationId: string;
  readonly text: string;
  readonly files?: readonly StoredFile[];
}

/**
 * An operator's answer: takes the conversation over when nobody has it, and deals with all that was open.
 * Throws 409 when it is closed.
 */
export async function reply(ctx: Ctx, { conversationId, text, files = [] }: Reply): Promise<MessageView> {
  requireScope(ctx, "conversations:write");
  const clean = textOf(text, files);
  return await ctx.transact(async (tx) => {
    const [business, found, ahead] = await Promise.all([
      loadBusiness(tx),
      loadTalk(tx, conversationId),
      selectFirstUnsent(tx, conversationId),
    ]);
    await requireWindow(tx, found);
    const talk = found.conversation.state === "human" ? found : await changeState(tx, {
      talk: found,
      transition: { to: "human", assigneeId: ctx.actor.id },
      business,
    });
    const id = newId("message");
    await markAllAnswered(tx, { conversationId, answerId: id });
    const returnAt = returnTime(business, { state: "human", now: tx.now() });
    // The time may have been set after the take-over, which then left no job.
    await scheduleReturn(tx, { id: conversationId, state: "human", returnAt });
    const kind = files[0]?.kind ?? "text";
    const sent = await post(tx, {
      id,
      talk,
      text: clean,
      author: ctx.actor.id,
      kind,
      files,
      returnAt,
      ahead,
    });
    await audit(tx, { action: "conversation.reply", subjectId: conversationId, detail: { message_id: id } });
    return viewOf(sent);
  });
}

/**
 * An automatic message into a conversation, which leaves the word with whoever has it. Throws 409 when it is closed
 * or the customer asked to be left alone.
 */
export async function sendMessage(
  ctx: Ctx,
  { conversationId, text, files = [] }: Reply,
): Promise<MessageView> {
  requireScope(ctx, "conversations:write");
  const clean = textOf(text, files);
  return await ctx.transact(async (tx) => {
    const [talk, ahead] = await Promise.all([
      loadTalk(tx, conversationId),
      selectFirstUnsent(tx, conversationId),
    ]);
    const { conversation, contact } = talk;
    if (conversation.state === "closed") throw new AppError("conflict", "The conversation is closed");
    if (contact.optedOutAt !== null) {
      throw new AppError(
        "conflict",
        "The customer asked to be left alone; only an answer of an operator may go out",
      );
    }
    await requireWindow(tx, talk);
    const kind = files[0]?.kind ?? "text";
    const sent = await post(tx, { talk, text: clean, author: "system", kind, files, ahead });
    await audit(tx, {
      action: "conversation.send",
      subjectId: conversationId,
      detail: { message_id: sent.message.id },
    });
    return viewOf(sent);
  });
}

function textOf(text: string, files: readonly StoredFile[]): string {
  const clean = cleanText(text).trim();
  refuseLong(clean);
  if (clean === "" && files.length === 0) throw invalid("text", "must not be empty");
  return clean;
}

function viewOf({ message, attachments }: Posted): MessageView {
  return messageView(message, { attachments });
}
