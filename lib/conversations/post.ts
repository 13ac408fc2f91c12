import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import type { OutgoingContent } from "../ports/whatsapp-content.ts";
import { keepFiles, type StoredFile } from "./attachments.ts";
import { admit, type Part, partsOf, queueSend } from "./outgoing.ts";
import { OUTGOING_STATE } from "./policy.ts";
import { messageView } from "./present.ts";
import { KIND_LABELS, type MessageKind, type Talk, touchByBot, touchConversation } from "./store.ts";
import { type AnswerSource, type AttachmentRow, insertMessage, type MessageRow } from "./store-messages.ts";

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
  /** What is sent when that is more than the text: a template, buttons, a place. */
  readonly content?: OutgoingContent | null;
  /** Not to be sent before. */
  readonly runAt?: number | null;
  readonly meta?: Record<string, unknown> | null;
  /** The conversation's first message that is not out yet, where it was read already; null: there is none. */
  readonly ahead?: string | null;
}

/** A stored message with its files. */
export interface Posted {
  readonly message: MessageRow;
  readonly attachments: readonly AttachmentRow[];
}

/**
 * Stores an outgoing message; the channel's own sender takes it from there where there is one. What is too long for
 * one message of the channel becomes several; resolves to the first.
 */
export async function post(tx: Tx, message: Post): Promise<Posted> {
  const { text, kind = "text", files = [], content = null } = message;
  const { channel } = message.talk.conversation;
  const [whole, ...others] = partsOf(channel, { text, kind, files, content });
  const first = await postPart(tx, message, whole ?? { text, kind, files, content });
  const { id: _first, ...unnamed } = message;
  const ahead = message.ahead ?? first.message.id;
  for (const part of others) await postPart(tx, { ...unnamed, sources: [], ahead }, part);
  return first;
}

async function postPart(tx: Tx, { talk, author, ...rest }: Post, part: Part): Promise<Posted> {
  const { id: conversationId, channelAccountId, channel } = talk.conversation;
  const { text, kind } = part;
  const { sources = [], origin = null, runAt = null, meta = null } = rest;
  const { state, stateReason, content } = OUTGOING_STATE[channel] === "pending"
    ? await admit(tx, { talk, part })
    : { state: OUTGOING_STATE[channel], stateReason: null, content: part.content };
  const message = await insertMessage(tx, {
    ...(rest.id === undefined ? {} : { id: rest.id }),
    conversationId,
    channelAccountId,
    direction: "out",
    kind,
    text,
    state,
    stateReason,
    author,
    sources,
    origin,
    content,
    runAt,
    meta,
  });
  if (state === "pending") await queueSend(tx, message, rest.ahead);
  const attachments = await keepFiles(tx, { messageId: message.id, files: part.files });
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
  return { message, attachments };
}
