import { iso, isoOrNull } from "../kernel/clock.ts";
import { feltView } from "../sentiment/mod.ts";
import type { ContactRow } from "./store-contacts.ts";
import type { AttachmentRow, MessageRow, RatingRow } from "./store-messages.ts";
import type { ConversationRow } from "./store.ts";

/** The wire shapes, made in one place: HTTP, events, tools and webhooks show the same. */
export interface ContactView {
  readonly id: string;
  readonly name: string | null;
  readonly locale: string | null;
  readonly opted_out: boolean;
}

export interface ConversationView {
  readonly id: string;
  readonly state: ConversationRow["state"];
  readonly contact: ContactView;
  readonly channel: ConversationRow["channel"];
  readonly channel_account_id: string;
  readonly assignee_id: string | null;
  readonly handover_reason: string | null;
  readonly waiting_since: string | null;
  readonly return_at: string | null;
  readonly locale: string | null;
  readonly last_message_at: string;
  readonly last_message_text: string | null;
  readonly unread: number;
  /** Until when the channel lets us write freely; null: it sets no such time, or the customer has not written yet. */
  readonly window_until: string | null;
  /** How the customer's latest words sound; null: none were said. */
  readonly sentiment: ReturnType<typeof feltView>;
  readonly created_at: string;
  readonly closed_at: string | null;
}

export interface AttachmentView {
  readonly id: string;
  readonly name: string;
  readonly content_type: string;
  readonly size: number;
}

export interface SourceView {
  readonly entry_id: string;
  readonly title: string;
  readonly quote: string;
  readonly score: number;
}

export interface MessageView {
  readonly id: string;
  readonly conversation_id: string;
  readonly direction: "in" | "out";
  readonly kind: MessageRow["kind"];
  readonly text: string;
  readonly state: MessageRow["state"];
  readonly state_reason: string | null;
  readonly author: "customer" | "bot" | "operator" | "system";
  readonly external_id: string | null;
  readonly origin: string | null;
  readonly sources: SourceView[];
  readonly attachments: AttachmentView[];
  readonly rating: { readonly helpful: boolean; readonly comment: string | null } | null;
  readonly created_at: string;
}

export function contactView(row: ContactRow): ContactView {
  return { id: row.id, name: row.name, locale: row.locale, opted_out: row.optedOutAt !== null };
}

export function conversationView(row: ConversationRow, contact: ContactRow): ConversationView {
  return {
    id: row.id,
    state: row.state,
    contact: contactView(contact),
    channel: row.channel,
    channel_account_id: row.channelAccountId,
    assignee_id: row.assigneeId,
    handover_reason: row.handoverReason,
    waiting_since: isoOrNull(row.waitingSince),
    return_at: isoOrNull(row.returnAt),
    locale: row.locale,
    last_message_at: iso(row.lastMessageAt),
    last_message_text: row.lastMessageText,
    unread: row.unread,
    window_until: isoOrNull(row.windowUntil),
    sentiment: feltView(row),
    created_at: iso(row.createdAt),
    closed_at: isoOrNull(row.closedAt),
  };
}

export function attachmentView(row: AttachmentRow): AttachmentView {
  return { id: row.id, name: row.name, content_type: row.contentType, size: row.size };
}

interface MessageParts {
  readonly attachments?: readonly AttachmentRow[];
  readonly rating?: RatingRow | undefined;
}

export function messageView(row: MessageRow, { attachments = [], rating }: MessageParts = {}): MessageView {
  return {
    id: row.id,
    conversation_id: row.conversationId,
    direction: row.direction,
    kind: row.kind,
    text: row.text,
    state: row.state,
    state_reason: row.stateReason,
    author: authorOf(row),
    external_id: row.externalId === null ? null : unscopedId(row.externalId),
    origin: row.origin,
    sources: row.sources ?? [],
    attachments: attachments.map(attachmentView),
    rating: rating === undefined ? null : { helpful: rating.helpful, comment: rating.comment },
    created_at: iso(row.createdAt),
  };
}

/** A visitor's `client_id` is stored under its contact, because two visitors may come upon the same one. */
export function scopedId(contactId: string, clientId: string): string {
  return `${contactId}:${clientId}`;
}

function unscopedId(externalId: string): string {
  return externalId.replace(/^con_[0-9a-z]{26}:/, "");
}

function authorOf({ direction, author }: MessageRow): MessageView["author"] {
  if (direction === "in") return "customer";
  if (author === "bot" || author === "system") return author;
  return "operator";
}
