import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { keepFiles, type StoredFile } from "./attachments.ts";
import { OUTGOING_STATE } from "./policy.ts";
import { messageView } from "./present.ts";
import { KIND_LABELS, type MessageKind, type Talk, touchByBot, touchConversation } from "./store.ts";
import { type AnswerSource, insertMessage, type MessageRow } from "./store-messages.ts";

export interface Post {
  /** Known beforehand where something refers to it. */
  readonly id?: string;
  readonly talk: Talk;
  readonly text: string;
  /** `bot`, `system`, or an operator's id. */
  readonly author: string;
  readonly kind?: MessageKind;
  readonly files?: readonly StoredFile[];
  readonly sources?: readonly AnswerSource[];
  readonly origin?: string | null;
  /** Of an operator's message: when the conversation goes back to the bot. */
  readonly returnAt?: number | null;
}

/** Stores an outgoing message; the channel's own sender takes it from there where there is one. */
export async function post(
  tx: Tx,
  { talk, text, author, kind = "text", ...rest }: Post,
): Promise<MessageRow> {
  const { id: conversationId, channelAccountId, channel } = talk.conversation;
  const state = OUTGOING_STATE[channel];
  const { sources = [], origin = null } = rest;
  const message = await insertMessage(tx, {
    ...(rest.id === undefined ? {} : { id: rest.id }),
    conversationId,
    channelAccountId,
    direction: "out",
    kind,
    text,
    state,
    author,
    sources,
    origin,
  });
  const attachments = await keepFiles(tx, { messageId: message.id, files: rest.files ?? [] });
  const label = text === "" && kind !== "text" && kind !== "system" ? KIND_LABELS[kind] : text;
  if (author === "bot" || author === "system") await touchByBot(tx, conversationId, label);
  else {await touchConversation(tx, conversationId, {
      text: label,
      unread: "none",
      returnAt: rest.returnAt ?? null,
    });}
  await emit(tx, {
    type: state === "sent" ? "message.sent" : "message.queued",
    subjectId: message.id,
    conversationId,
    data: { message: messageView(message, { attachments }) },
  });
  return message;
}
