import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Mood } from "../../lib/sentiment/mod.ts";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

export const CHANNELS = ["web", "api", "console", "whatsapp"] as const;
export type Channel = typeof CHANNELS[number];

export const CONVERSATION_STATES = ["bot", "waiting", "human", "closed"] as const;
export type ConversationState = typeof CONVERSATION_STATES[number];

export const MESSAGE_KINDS = [
  "text",
  "image",
  "audio",
  "video",
  "document",
  "sticker",
  "location",
  "contacts",
  "interactive",
  "template",
  "reaction",
  "order",
  "system",
  "unknown",
] as const;
export type MessageKind = typeof MESSAGE_KINDS[number];

/** Of an outgoing message; an incoming one is `received`. */
export const MESSAGE_STATES = [
  "received",
  "pending",
  "processing",
  "sent",
  "delivered",
  "read",
  "failed",
  "retry",
  "held",
  "cancelled",
] as const;
export type MessageState = typeof MESSAGE_STATES[number];

export const IDENTITY_KINDS = [
  "phone",
  "whatsapp_lid",
  "whatsapp_bsuid",
  "username",
  "email",
  "web",
  "external",
] as const;
export type IdentityKind = typeof IDENTITY_KINDS[number];

/** An entry of the knowledge on which an answer rests. */
export interface AnswerSource {
  readonly entry_id: string;
  readonly title: string;
  readonly quote: string;
  readonly score: number;
}

/** The business as its customers meet it. One row a workspace. */
export const businessConfigs = sqliteTable("business_configs", {
  workspaceId: text("workspace_id").primaryKey(),
  /** Shape: lib/conversations/business-schema.ts. */
  config: text("config", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  updatedAt: at("updated_at").notNull(),
});

export const contacts = sqliteTable("contacts", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name"),
  locale: text("locale"),
  /** Opt-out words (BAJA, STOP) set it: nothing is sent on our own initiative. */
  optedOutAt: at("opted_out_at"),
  erasedAt: at("erased_at"),
  createdAt: createdAt(),
}, (t) => [index("contacts_workspace").on(t.workspaceId, t.id)]);

export const contactIdentities = sqliteTable("contact_identities", {
  id: id(),
  workspaceId: workspaceId(),
  contactId: text("contact_id").notNull().references(() => contacts.id, { onDelete: "cascade" }),
  kind: text("kind").$type<IdentityKind>().notNull(),
  value: text("value").notNull(),
  createdAt: createdAt(),
}, (t) => [
  uniqueIndex("contact_identities_value").on(t.workspaceId, t.kind, t.value),
  index("contact_identities_contact").on(t.contactId),
]);

export const channelAccounts = sqliteTable(
  "channel_accounts",
  {
    id: id(),
    workspaceId: workspaceId(),
    channel: text("channel").$type<Channel>().notNull(),
    name: text("name").notNull(),
    /** Public key in addresses such as /chat/{key}. */
    key: text("key").notNull(),
    settings: text("settings", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
    /** Sealed by the SecretBox with the row's id as context. */
    secrets: text("secrets"),
    enabled: flag("enabled").notNull().default(true),
    /** Nothing is sent before; why is in `pauseReason`. */
    pausedUntil: at("paused_until"),
    pauseReason: text("pause_reason"),
    createdAt: createdAt(),
  },
  (
    t,
  ) => [
    uniqueIndex("channel_accounts_key").on(t.key),
    index("channel_accounts_workspace").on(t.workspaceId, t.channel),
  ],
);

export const conversations = sqliteTable("conversations", {
  id: id(),
  workspaceId: workspaceId(),
  contactId: text("contact_id").notNull().references(() => contacts.id, { onDelete: "cascade" }),
  channelAccountId: text("channel_account_id").notNull(),
  channel: text("channel").$type<Channel>().notNull(),
  state: text("state").$type<ConversationState>().notNull(),
  /** The operator who took it. */
  assigneeId: text("assignee_id"),
  /** Why a person is wanted: `asked`, `phrase`, `no_answer`, `operator`. */
  handoverReason: text("handover_reason"),
  waitingSince: at("waiting_since"),
  /** When it goes back to the bot by itself. */
  returnAt: at("return_at"),
  locale: text("locale"),
  greetedAt: at("greeted_at"),
  /** Turns in a row that the bot could not answer. */
  misses: integer("misses").notNull().default(0),
  lastMessageAt: at("last_message_at").notNull(),
  lastMessageText: text("last_message_text"),
  unread: integer("unread").notNull().default(0),
  /** Until when the channel lets us write freely (WhatsApp: 24 hours after the customer's last message). */
  windowUntil: at("window_until"),
  /** How the customer's latest words sound (lib/sentiment), from -1 to 1; null: none were said. */
  sentiment: real("sentiment"),
  mood: text("mood").$type<Mood>(),
  closedAt: at("closed_at"),
  /** What reports show of it: its state, its contact, its messages. Who copies them reads on from here. */
  changedAt: at("changed_at").notNull().default(0),
  createdAt: createdAt(),
}, (t) => [
  index("conversations_changed").on(t.workspaceId, t.changedAt, t.id),
  index("conversations_recent").on(t.workspaceId, t.lastMessageAt, t.id),
  index("conversations_state").on(t.workspaceId, t.state, t.lastMessageAt, t.id),
  index("conversations_mood").on(t.workspaceId, t.mood, t.lastMessageAt, t.id).where(sql`mood is not null`),
  index("conversations_contact").on(t.contactId, t.workspaceId),
  uniqueIndex("conversations_open").on(t.channelAccountId, t.contactId).where(sql`state <> 'closed'`),
  index("conversations_return").on(t.returnAt).where(sql`return_at is not null`),
]);

export const messages = sqliteTable("messages", {
  id: id(),
  workspaceId: workspaceId(),
  conversationId: text("conversation_id").notNull().references(() => conversations.id, {
    onDelete: "cascade",
  }),
  channelAccountId: text("channel_account_id").notNull(),
  direction: text("direction").$type<"in" | "out">().notNull(),
  kind: text("kind").$type<MessageKind>().notNull(),
  text: text("text").notNull(),
  /** The id that the outside gave; one message an account and id. */
  externalId: text("external_id"),
  state: text("state").$type<MessageState>().notNull(),
  stateReason: text("state_reason"),
  /** Who wrote an outgoing one: `bot`, a user id, or `system`. */
  author: text("author"),
  /** What an answer rests on. */
  sources: text("sources", { mode: "json" }).$type<AnswerSource[]>(),
  /** Provider and model of a generated answer, or `knowledge`. */
  origin: text("origin"),
  /** Of an incoming one: when the bot (or a person) has dealt with it. Unanswered ones form the next turn. */
  answeredAt: at("answered_at"),
  /** The answer that dealt with it. */
  answerId: text("answer_id"),
  meta: text("meta", { mode: "json" }).$type<Record<string, unknown>>(),
  /** What an outgoing one is made of when it is more than its text (lib/ports/whatsapp-content.ts). */
  content: text("content", { mode: "json" }).$type<Record<string, unknown>>(),
  /** Of an outgoing one: not to be sent before. */
  runAt: at("run_at"),
  /** When a waiting one is tried next. */
  nextTryAt: at("next_try_at"),
  /** When its state last changed. */
  stateAt: at("state_at"),
  createdAt: createdAt(),
}, (t) => [
  index("messages_conversation").on(t.conversationId, t.id),
  uniqueIndex("messages_external").on(t.channelAccountId, t.externalId).where(sql`external_id is not null`),
  index("messages_unanswered").on(t.conversationId, t.id).where(
    sql`direction = 'in' and answered_at is null`,
  ),
  index("messages_workspace").on(t.workspaceId, t.id),
  index("messages_unsent").on(t.conversationId, t.id).where(
    sql`direction = 'out' and state in ('pending', 'processing', 'retry')`,
  ),
  index("messages_waiting").on(t.stateAt).where(
    sql`direction = 'out' and state in ('pending', 'processing', 'retry')`,
  ),
  index("messages_queue").on(t.workspaceId, t.state, t.id).where(sql`direction = 'out'`),
]);

export const attachments = sqliteTable(
  "attachments",
  {
    id: id(),
    workspaceId: workspaceId(),
    messageId: text("message_id").notNull().references(() => messages.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    contentType: text("content_type").notNull(),
    size: integer("size").notNull(),
    sha256: text("sha256").notNull(),
    blobKey: text("blob_key").notNull(),
    createdAt: createdAt(),
  },
  (
    t,
  ) => [
    index("attachments_message").on(t.messageId),
    index("attachments_workspace").on(t.workspaceId, t.id),
    index("attachments_blob").on(t.blobKey),
  ],
);

/** A customer's judgement of an answer. */
export const ratings = sqliteTable(
  "ratings",
  {
    workspaceId: workspaceId(),
    messageId: text("message_id").notNull().references(() => messages.id, { onDelete: "cascade" }),
    rater: text("rater").notNull(),
    helpful: flag("helpful").notNull(),
    comment: text("comment"),
    createdAt: createdAt(),
  },
  (
    t,
  ) => [
    primaryKey({ columns: [t.messageId, t.rater] }),
    index("ratings_workspace").on(t.workspaceId, t.createdAt),
  ],
);
