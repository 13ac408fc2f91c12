import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY, iso } from "../kernel/clock.ts";
import { AppError, invalid, isUniqueViolation, notFound } from "../kernel/errors.ts";
import { cleanText } from "../kernel/text.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { feltIn } from "../sentiment/mod.ts";
import { keepFiles, type StoredFile } from "./attachments.ts";
import { loadBusiness, returnTime } from "./business.ts";
import type { BusinessConfig } from "./business-schema.ts";
import { makeOwnAccount, type OwnChannel } from "./channels.ts";
import { normalIdentities, type Sender, settleOn } from "./identify.ts";
import { conversationAnswer, customerSeen } from "./jobs.ts";
import { refuseLong } from "./limits.ts";
import { applyOptWish } from "./opt.ts";
import { DEBOUNCE_SETTING, MAX_DEBOUNCES } from "./policy.ts";
import { beginConversation, openConversation } from "./open.ts";
import { messageView } from "./present.ts";
import {
  type ConversationRow,
  KIND_LABELS,
  type MessageKind,
  type Talk,
  touchConversation,
} from "./store.ts";
import { type Arrival, selectArrival, type SenderRef } from "./store-arrival.ts";
import type { ChannelAccountRow } from "./store-channels.ts";
import type { ContactRow } from "./store-contacts.ts";
import { scheduleReturn } from "./transition.ts";
import { insertMessage } from "./store-messages.ts";

export interface Incoming {
  /** The account that it came over; or the channel whose own account of the workspace that is, made when first used. */
  readonly channelAccountId: string | { readonly own: OwnChannel };
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
  const { channelAccountId: over, externalId = null, kind, text, silent = false } = incoming;
  const sender = normalSender(incoming.contact);
  const [met, business] = await Promise.all([
    selectArrival(tx, { over, sender: refOf(sender), externalId }),
    loadBusiness(tx),
  ]);
  const { first } = met;
  if (first !== null) return { conversationId: first.conversationId, messageId: first.id, duplicate: true };
  const account = met.account ?? (typeof over === "string" ? null : await makeOwnAccount(tx, over.own));
  if (account?.enabled !== true) {
    throw notFound("channel account", typeof over === "string" ? over : over.own);
  }
  const contact = "id" in sender ? contactOf(sender.id, met) : await settleOn(tx, sender, met.known);
  const standing = await conversationOf(tx, { account, contact, met });
  const windowUntil = windowAfter(tx, { incoming, standing });
  const felt = feltIn(silent ? "" : text);
  const conversation = { ...standing, windowUntil, ...(felt.mood === null ? {} : felt) };
  const message = await insertMessage(tx, {
    conversationId: conversation.id,
    channelAccountId: account.id,
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
    felt,
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

function normalSender(sender: Incoming["contact"]): Incoming["contact"] {
  return "id" in sender ? sender : { ...sender, identities: normalIdentities(sender.identities) };
}

function refOf(sender: Incoming["contact"]): SenderRef {
  return "id" in sender ? { contactId: sender.id } : sender;
}

export function erased(): AppError {
  return new AppError("gone", "This chat was erased; begin a new one");
}

function contactOf(id: string, { contact }: Arrival): ContactRow {
  if (contact === null) throw notFound("contact", id);
  if (contact.erasedAt !== null) throw erased();
  return contact;
}

interface Meeting {
  readonly account: ChannelAccountRow;
  readonly contact: ContactRow;
  readonly met: Arrival;
}

async function conversationOf(tx: Tx, { account, contact, met }: Meeting): Promise<ConversationRow> {
  const standing = met.open.find(({ contactId }) => contactId === contact.id);
  if (standing !== undefined) return standing;
  // Two contacts that became one here have moved what was open.
  const moved = met.open.length > 0 || new Set(met.known.map(({ contact: { id } }) => id)).size > 1;
  return moved
    ? await openConversation(tx, { account, contact })
    : await beginConversation(tx, { account, contact });
}

/** Each message pushes the answer back, so that a burst is one turn; after some silences it comes all the same. */
async function callBot(
  tx: Tx,
  { conversation, business }: { conversation: ConversationRow; business: BusinessConfig },
): Promise<void> {
  const delayMs = business.debounce_ms ?? tx.config.conversations[DEBOUNCE_SETTING[conversation.channel]];
  await enqueueLate(tx, conversationAnswer, { conversationId: conversation.id }, {
    delayMs,
    onDuplicate: "push",
    maxDelayMs: delayMs * MAX_DEBOUNCES,
  });
  if (conversation.channel === "whatsapp") {
    await enqueueLate(tx, customerSeen, { conversationId: conversation.id, typing: true });
  }
}
