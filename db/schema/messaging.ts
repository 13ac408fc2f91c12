import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, id, workspaceId } from "../columns.ts";
import { messages } from "./conversations.ts";

export const RECEIPT_STATES = [
  "received",
  "processed",
  "partly",
  "unreadable",
  "too_many",
  "foreign",
] as const;
export type ReceiptState = typeof RECEIPT_STATES[number];

/**
 * What a vendor's webhook brought, as it came. Of no workspace until it is read: one body may hold the news of
 * several numbers.
 */
export const webhookReceipts = sqliteTable("webhook_receipts", {
  id: id(),
  /** The signature over the whole body, so the same body again is the same receipt. */
  digest: text("digest").notNull(),
  body: blob("body").$type<Uint8Array>().notNull(),
  state: text("state").$type<ReceiptState>().notNull(),
  /** Why it ended as it did, for a person. */
  reason: text("reason"),
  createdAt: createdAt(),
  finishedAt: at("finished_at"),
}, (t) => [
  uniqueIndex("webhook_receipts_digest").on(t.digest),
  index("webhook_receipts_open").on(t.createdAt).where(sql`state = 'received'`),
]);

export const ATTEMPT_OUTCOMES = [
  "accepted",
  "refused",
  "again",
  "unknown",
  "not_begun",
] as const;
export type AttemptOutcome = typeof ATTEMPT_OUTCOMES[number];

/** One try to hand a message to its channel. Committed before the call, so that a crash leaves a trace of it. */
export const messageAttempts = sqliteTable("message_attempts", {
  id: id(),
  workspaceId: workspaceId(),
  messageId: text("message_id").notNull().references(() => messages.id, { onDelete: "cascade" }),
  /** From whom to whom, for the pace of both; null in rows of before. */
  accountId: text("account_id"),
  contactId: text("contact_id"),
  number: integer("number").notNull(),
  startedAt: at("started_at").notNull(),
  /** Set before the call that sends; null: that call certainly did not begin. */
  calledAt: at("called_at"),
  endedAt: at("ended_at"),
  outcome: text("outcome").$type<AttemptOutcome>(),
  /** The vendor's id of what it accepted. */
  externalId: text("external_id"),
  /** Class of failure (lib/ports/whatsapp-failures.ts). */
  reason: text("reason"),
  errorCode: integer("error_code"),
  errorDetail: text("error_detail"),
  trace: text("trace"),
}, (t) => [
  uniqueIndex("message_attempts_number").on(t.messageId, t.number),
  index("message_attempts_open").on(t.startedAt).where(sql`outcome is null`),
  index("message_attempts_account").on(t.accountId, t.startedAt),
  index("message_attempts_pair").on(t.accountId, t.contactId, t.startedAt),
]);

/** Statuses of messages that we don't know (yet): applied when the message learns its id. */
export const strayStatuses = sqliteTable("stray_statuses", {
  workspaceId: workspaceId(),
  channelAccountId: text("channel_account_id").notNull(),
  externalId: text("external_id").notNull(),
  status: text("status").notNull(),
  /** The status as it came. */
  data: text("data", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  createdAt: createdAt(),
}, (t) => [
  primaryKey({ columns: [t.channelAccountId, t.externalId, t.status] }),
  index("stray_statuses_age").on(t.createdAt),
]);

/** Message templates of a WhatsApp Business Account as Meta last told of them. Numbers of one account share them. */
export const whatsappTemplates = sqliteTable("whatsapp_templates", {
  id: id(),
  workspaceId: workspaceId(),
  /** Meta's ids of the account and of the template. */
  businessAccountId: text("business_account_id").notNull(),
  remoteId: text("remote_id").notNull(),
  name: text("name").notNull(),
  language: text("language").notNull(),
  category: text("category").notNull(),
  /** Meta's word; only APPROVED can be sent. */
  status: text("status").notNull(),
  /** Why it is not, as Meta says. */
  reason: text("reason"),
  quality: text("quality"),
  components: text("components", { mode: "json" }).$type<Record<string, unknown>[]>().notNull(),
  /** When Meta said so: an older webhook changes nothing. */
  statusAt: at("status_at").notNull(),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  uniqueIndex("whatsapp_templates_name").on(t.workspaceId, t.businessAccountId, t.name, t.language),
  index("whatsapp_templates_remote").on(t.workspaceId, t.remoteId),
]);
