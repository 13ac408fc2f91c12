import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, iso } from "../kernel/clock.ts";
import { AppError, invalid, isUniqueViolation, notFound } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { enqueue } from "../jobs/mod.ts";
import { keepFiles, type StoredFile } from "./attachments.ts";
import { loadBusiness, returnTime } from "./business.ts";
import type { BusinessConfig } from "./business-schema.ts";
import { identify, type Sender } from "./identify.ts";
import { conversationAnswer, customerSeen } from "./jobs.ts";
import { refuseLong } from "./limits.ts";
import { applyOptWish } from "./opt.ts";
import { DEBOUNCE_SETTING, MAX_DEBOUNCES } from "./policy.ts";
import { openConversation } from "./open.ts";
import { messageView } from "./present.ts";
import {
  type ConversationRow,
  KIND_LABELS,
  type MessageKind,
  type Talk,
  touchConversation,
} from "./store.ts";
import { selectAccount } from "./store-channels.ts";
import { type ContactRow, selectContact } from "./store-contacts.ts";
import { scheduleReturn } from "./transition.ts";
import { insertMessage, selectByExternalId } from "./store-messages.ts";

export interface Incoming {
  readonly channelAccountId: string;
  /** Its identifiers, or the id of a contact that is known already. */
  readonly contact: Sender | { readonly id: string };
  /** The sender's or the channel's own id: the same one again is the same message. */
  readonly externalId?: string | null | undefined;
  readonly kind: MessageKind;
  readonly text: string;
  /** Already in the blob store (storeFile). */
  readonly files?: readonly StoredFile[];
  readonly meta?: Record<string, unknown> | null;
  /** When the customer sent it, by the channel's clock; opens the channel's window. */
  readonly sentAt?: number;
  /** A sign (a reaction, a notice) that wants no answer and no operator. */
  readonly silent?: boolean;
}

export interface Received {
  readonly conversationId: string;
  readonly messageId: string;
  readonly duplicate: boolean;
}

/**
 * Takes in a customer's message, whatever the channel: contact, conversation, message, event and the bot's job are
 * one commit. Throws 413 for a text that is too long, 404 for an account that is not there or switched off.
 */
export async function receiveMessage(ctx: Ctx, incoming: Incoming): Promise<Received> {
  requireVisitorOr(ctx, incoming);
  const text = cleanText(incoming.text).trim();
  refuseLong(text);
  const files = incoming.files ?? [];
  if (text === "" && incoming.kind === "text" && files.length === 0) {
    throw invalid("text", "must not be empty");
  }
  const clean = { ...incoming, text, files };
  try {
    return await ctx.transact((tx) => takeIn(tx, clean));
  } catch (thrown) {
    // Elsewhere than on a file two transactions may run at once: the loser finds the winner's message.
    if (isUniqueViolation(thrown)) return await ctx.transact((tx) => takeIn(tx, clean));
    throw thrown;
  }
}

function requireVisitorOr(ctx: Ctx, { channelAccountId, contact }: Incoming): void {
  const { actor } = ctx;
  if (actor.kind !== "visitor") return requireScope(ctx, "conversations:write");
  requireScope(ctx, "chat:visit");
  const own = "id" in contact && contact.id === actor.id && channelAccountId === actor.channelAccountId;
  if (!own) throw new AppError("forbidden", "A visitor speaks for itself only");
}

type Clean = Incoming & { readonly files: readonly StoredFile[] };

async function takeIn(tx: Tx, incoming: Clean): Promise<Received> {
  const { channelAccountId, externalId = null, kind, text, silent = false } = incoming;
  if (externalId !== null) {
    const first = await selectByExternalId(tx, { channelAccountId, externalId });
    if (first !== null) return { conversationId: first.conversationId, messageId: first.id, duplicate: true };
  }
  const account = await selectAccount(tx, channelAccountId);
  if (account === null || !account.enabled) throw notFound("channel account", channelAccountId);
  const business = await loadBusiness(tx);
  const contact = await contactOf(tx, incoming.contact);
  const standing = await openConversation(tx, { account, contact });
  const windowUntil = windowAfter(tx, { incoming, standing });
  const conversation = { ...standing, windowUntil };
  const message = await insertMessage(tx, {
    conversationId: conversation.id,
    channelAccountId,
    direction: "in",
    kind,
    text,
    externalId,
    state: "received",
    answeredAt: silent ? tx.now() : null,
    meta: incoming.meta ?? null,
  });
  const attachments = await keepFiles(tx, { messageId: message.id, files: incoming.files });
  const { state } = conversation;
  const returnAt = state === "bot" ? null : returnTime(business, { state, now: tx.now() });
  await scheduleReturn(tx, { id: conversation.id, state, returnAt });
  await touchConversation(tx, conversation.id, {
    text: text === "" && kind !== "text" && kind !== "system" ? KIND_LABELS[kind] : text,
    unread: silent ? "keep" : "up",
    returnAt,
    windowUntil,
  });
  await emit(tx, {
    type: "message.received",
    subjectId: message.id,
    conversationId: conversation.id,
    data: {
      message: messageView(message, { attachments }),
      unread: conversation.unread + (silent ? 0 : 1),
      ...(windowUntil === null ? {} : { window_until: iso(windowUntil) }),
    },
  });
  if (silent) return { conversationId: conversation.id, messageId: message.id, duplicate: false };
  const talk: Talk = { conversation, contact };
  const settled = await applyOptWish(tx, { talk, message });
  if (!settled && state === "bot" && contact.optedOutAt === null) {
    await callBot(tx, { conversation, business });
  }
  return { conversationId: conversation.id, messageId: message.id, duplicate: false };
}

/** Meta's clock may be ahead of ours; a message that was long on its way opens less. */
function windowAfter(
  tx: Tx,
  { incoming, standing }: { incoming: Clean; standing: ConversationRow },
): number | null {
  const { sentAt, kind } = incoming;
  if (sentAt === undefined || kind === "system") return standing.windowUntil;
  return Math.max(standing.windowUntil ?? 0, Math.min(sentAt, tx.now()) + DAY);
}

async function contactOf(tx: Tx, sender: Incoming["contact"]): Promise<ContactRow> {
  if (!("id" in sender)) return await identify(tx, sender);
  const contact = await selectContact(tx, sender.id);
  if (contact === null) throw notFound("contact", sender.id);
  if (contact.erasedAt !== null) throw new AppError("gone", "This contact was erased; begin a new chat");
  return contact;
}

/** Each message pushes the answer back, so that a burst is one turn; after some silences it comes all the same. */
async function callBot(
  tx: Tx,
  { conversation, business }: { conversation: ConversationRow; business: BusinessConfig },
): Promise<void> {
  const delayMs = business.debounce_ms ?? tx.config.conversations[DEBOUNCE_SETTING[conversation.channel]];
  await enqueue(tx, conversationAnswer, { conversationId: conversation.id }, {
    delayMs,
    onDuplicate: "push",
    maxDelayMs: delayMs * MAX_DEBOUNCES,
  });
  if (conversation.channel === "whatsapp") {
    await enqueue(tx, customerSeen, { conversationId: conversation.id, typing: true });
  }
}
