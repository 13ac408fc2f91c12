import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, id, workspaceId } from "../columns.ts";

export const MAIL_STATES = [
  "received",
  "opened",
  "commented",
  "ignored",
  "refused",
  "unreadable",
] as const;
export type MailState = typeof MAIL_STATES[number];

/** A mail that came in. Its bytes are a blob until it was read. */
export const mailReceipts = sqliteTable("mail_receipts", {
  id: id(),
  workspaceId: workspaceId(),
  /** SHA-256 of the bytes: the same mail again is the same receipt. */
  digest: text("digest").notNull(),
  blobKey: text("blob_key").notNull(),
  /** `mime` (RFC 5322) or `json`, as a provider's webhook tells it. */
  format: text("format").$type<"mime" | "json">().notNull(),
  size: integer("size").notNull(),
  state: text("state").$type<MailState>().notNull(),
  /** Why it ended as it did. */
  reason: text("reason"),
  sender: text("sender"),
  subject: text("subject"),
  ticketId: text("ticket_id"),
  createdAt: createdAt(),
  finishedAt: at("finished_at"),
}, (t) => [
  uniqueIndex("mail_receipts_digest").on(t.workspaceId, t.digest),
  index("mail_receipts_list").on(t.workspaceId, t.id),
  index("mail_receipts_sender").on(t.workspaceId, t.sender).where(sql`sender is not null`),
  index("mail_receipts_ticket").on(t.workspaceId, t.ticketId).where(sql`ticket_id is not null`),
  index("mail_receipts_age").on(t.createdAt).where(sql`state <> 'received'`),
]);

/** The conversation by mail about a ticket. */
export const mailThreads = sqliteTable("mail_threads", {
  workspaceId: workspaceId(),
  ticketId: text("ticket_id").notNull(),
  /** Unguessable; a part of the address that answers go to. */
  token: text("token").notNull(),
  /** Message-IDs of the mails so far, the latest last. */
  references: text("message_ids", { mode: "json" }).$type<string[]>().notNull(),
  /** The address of the workspace that it came to, from which it is answered; null: the installation's. */
  address: text("address"),
  createdAt: createdAt(),
}, (t) => [
  primaryKey({ columns: [t.workspaceId, t.ticketId] }),
  uniqueIndex("mail_threads_token").on(t.token),
]);

/** Which ticket a mail of a thread, theirs or ours, belongs to. */
export const mailIds = sqliteTable("mail_ids", {
  workspaceId: workspaceId(),
  messageId: text("message_id").notNull(),
  ticketId: text("ticket_id").notNull(),
  createdAt: createdAt(),
}, (t) => [
  primaryKey({ columns: [t.workspaceId, t.messageId] }),
  index("mail_ids_ticket").on(t.workspaceId, t.ticketId),
]);

/** An address whose mails are one workspace's; what comes to none of these is the default workspace's. */
export const mailAddresses = sqliteTable("mail_addresses", {
  id: id(),
  workspaceId: workspaceId(),
  /** In lower case. */
  address: text("address").notNull(),
  /** Whose its tickets are. */
  teamId: text("team_id"),
  categoryId: text("category_id"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  uniqueIndex("mail_addresses_address").on(t.address),
  index("mail_addresses_workspace").on(t.workspaceId, t.id),
]);

/** How far a mailbox was read, by whom, and how it went. Of no workspace: it is the installation that has one. */
export const mailboxes = sqliteTable("mailboxes", {
  /** `imap://user@host:port/INBOX` (RFC 5092), without the password. */
  account: text("account").primaryKey(),
  /** Another one means that the server numbers its mails anew (RFC 9051, 2.3.1.1); null: never read. */
  uidValidity: integer("uid_validity"),
  /** The last mail that was dealt with; later ones have higher numbers. */
  lastUid: integer("last_uid").notNull(),
  /** The latest refresh token that the provider gave, sealed, and the digest of the setting that it came of. */
  refreshToken: text("refresh_token"),
  refreshTokenOf: text("refresh_token_of"),
  /** The process that reads it, until when. */
  holder: text("holder"),
  heldUntil: at("held_until"),
  /** Why the last look failed; null: it did not. */
  error: text("error"),
  lookedAt: at("looked_at"),
});
