import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { cleanText } from "../kernel/text.ts";
import type { StoredFile } from "./attachments.ts";
import { loadBusiness, returnTime } from "./business.ts";
import { refuseLong } from "./limits.ts";
import { loadTalk } from "./load.ts";
import { requireWindow } from "./outgoing.ts";
import { post } from "./post.ts";
import { type MessageView, messageView } from "./present.ts";
import { markAllAnswered, selectAttachments } from "./store-messages.ts";
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
    const business = await loadBusiness(tx);
    const found = await loadTalk(tx, conversationId);
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
    const message = await post(tx, { id, talk, text: clean, author: ctx.actor.id, kind, files, returnAt });
    await audit(tx, { action: "conversation.reply", subjectId: conversationId, detail: { message_id: id } });
    return await viewOf(tx, message);
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
    const talk = await loadTalk(tx, conversationId);
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
    const message = await post(tx, { talk, text: clean, author: "system", kind, files });
    await audit(tx, {
      action: "conversation.send",
      subjectId: conversationId,
      detail: { message_id: message.id },
    });
    return await viewOf(tx, message);
  });
}

function textOf(text: string, files: readonly StoredFile[]): string {
  const clean = cleanText(text).trim();
  refuseLong(clean);
  if (clean === "" && files.length === 0) throw invalid("text", "must not be empty");
  return clean;
}

async function viewOf(tx: Tx, message: Parameters<typeof messageView>[0]): Promise<MessageView> {
  return messageView(message, { attachments: await selectAttachments(tx, [message.id]) });
}
