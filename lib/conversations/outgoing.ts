import type { Tx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import { iso } from "../kernel/clock.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { type OutgoingContent, WHATSAPP_LIMITS } from "../ports/whatsapp-content.ts";
import type { StoredFile } from "./attachments.ts";
import { messageSend } from "./jobs.ts";
import { splitText } from "./split.ts";
import type { Channel, ConversationRow, MessageKind, Talk } from "./store.ts";
import { selectAccount } from "./store-channels.ts";
import { type MessageRow, selectFirstUnsent } from "./store-messages.ts";
import { windowTemplate } from "./window-template.ts";

/** One message on the wire of its channel. */
export interface Part {
  readonly text: string;
  readonly kind: MessageKind;
  readonly files: readonly StoredFile[];
  readonly content: OutgoingContent | null;
}

/** Kinds of file that carry a caption on WhatsApp. */
const CAPTIONED: ReadonlySet<MessageKind> = new Set(["image", "video", "document"]);

/** What a channel sends as several messages, in their order; elsewhere a message is one whatever is in it. */
export function partsOf(channel: Channel, part: Part): Part[] {
  if (channel !== "whatsapp" || part.content !== null) return [part];
  const { text, files, kind } = part;
  const [first, ...others] = files;
  if (first === undefined) {
    return splitText(text, WHATSAPP_LIMITS.text).map((text) => ({ ...part, text }));
  }
  const caption = CAPTIONED.has(kind) && text.length <= WHATSAPP_LIMITS.caption ? text : "";
  const words = caption === text ? [] : splitText(text, WHATSAPP_LIMITS.text);
  return [
    { text: caption, kind: first.kind, files: [first], content: null },
    ...others.map((file) => ({ text: "", kind: file.kind, files: [file], content: null })),
    ...words.map((text) => ({ text, kind: "text" as const, files: [], content: null })),
  ];
}

/** Whether the channel lets us write to this customer now as we like. Only WhatsApp has such a window. */
export function windowOpen(
  { channel, windowUntil }: Pick<ConversationRow, "channel" | "windowUntil">,
  now: number,
): boolean {
  return channel !== "whatsapp" || (windowUntil ?? 0) > now;
}

/** Throws 409 when the window is closed and the account names no template that would open it again. */
export async function requireWindow(tx: Tx, { conversation }: Talk): Promise<void> {
  if (windowOpen(conversation, tx.now())) return;
  if (await windowTemplateOf(tx, { conversation, text: "-" }) !== null) return;
  const { windowUntil } = conversation;
  const since = windowUntil === null
    ? "the customer has not written yet"
    : `it closed at ${iso(windowUntil)}`;
  throw new AppError("conflict", `WhatsApp's window of 24 hours is closed (${since}): send a template`, {
    extra: { reason: "window_closed", window_until: windowUntil === null ? null : iso(windowUntil) },
  });
}

/** The account's template for messages that come too late, with the text in it; null when it names none. */
export async function windowTemplateOf(
  tx: Tx,
  { conversation, text }: { conversation: ConversationRow; text: string },
): Promise<OutgoingContent | null> {
  const account = await selectAccount(tx, conversation.channelAccountId);
  return account === null ? null : windowTemplate(account.settings, text);
}

export type Admission = Pick<MessageRow, "state" | "stateReason"> & {
  readonly content: OutgoingContent | null;
};

/** How an outgoing message of a channel with a sender is stored: to be sent, or held with the reason. */
export async function admit(tx: Tx, { talk, part }: { talk: Talk; part: Part }): Promise<Admission> {
  const { content, text } = part;
  const pending = { state: "pending", stateReason: null } as const;
  if (content?.type === "template" || windowOpen(talk.conversation, tx.now())) return { ...pending, content };
  const template = await windowTemplateOf(tx, { conversation: talk.conversation, text });
  if (template !== null && content === null && part.files.length === 0) {
    return { ...pending, content: template };
  }
  return { state: "held", stateReason: "window_closed", content };
}

/**
 * The job of a message that is to be sent. Behind another one of the conversation none is needed: whatever ends
 * that one calls the next, so that their order is kept. `ahead` is that other one (null: none), where it is known.
 */
export async function queueSend(tx: Tx, message: MessageRow, ahead?: string | null): Promise<void> {
  const { id: messageId, conversationId, runAt } = message;
  const later = runAt !== null && runAt > tx.now();
  if (!later) {
    const first = ahead === undefined ? await selectFirstUnsent(tx, conversationId) : ahead;
    if (first !== null && first !== messageId) return;
  }
  await enqueueLate(tx, messageSend, { messageId }, later ? { runAt } : {});
}

/** Calls the next message of a conversation, after one that is out of the way. */
export async function queueNext(tx: Tx, conversationId: string): Promise<void> {
  const messageId = await selectFirstUnsent(tx, conversationId);
  if (messageId !== null) await enqueueLate(tx, messageSend, { messageId });
}
