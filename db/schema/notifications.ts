import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

export const NOTIFY_CHANNELS = [
  "email",
  "sms",
  "push",
  "webhook",
  "slack",
  "teams",
  "discord",
  "in_app",
  "whatsapp",
] as const;
export type NotifyChannel = typeof NOTIFY_CHANNELS[number];

export const PRIORITIES = ["low", "normal", "high", "critical"] as const;
export type Priority = typeof PRIORITIES[number];

/**
 * `sending`: its call is being made. `outcome_unknown`: a call began and nobody knows how it ended; only a person
 * sends it again. `skipped`: decided not to be sent, with the reason.
 */
export const DELIVERY_STATES = [
  "pending",
  "sending",
  "sent",
  "delivered",
  "read",
  "failed",
  "skipped",
  "outcome_unknown",
] as const;
export type DeliveryState = typeof DELIVERY_STATES[number];

/** What is to be told, once; who is told and how are its deliveries. */
export const notifications = sqliteTable("notifications", {
  id: id(),
  workspaceId: workspaceId(),
  /** The name of its template; null: free words. */
  template: text("template"),
  category: text("category").notNull(),
  priority: text("priority").$type<Priority>().notNull(),
  /** The same key again is the same notification. */
  key: text("key"),
  /** What it is about, for example a ticket. */
  subjectId: text("subject_id"),
  data: text("data", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  /** Words that all of its deliveries share; a delivery with words of its own overrides them. */
  subject: text("subject"),
  text: text("text"),
  html: text("html"),
  /** To many at once: its deliveries are counted, not told of one by one. */
  bulk: flag("bulk").notNull().default(false),
  /** Of one to many: what is not out yet stays in. */
  cancelledAt: at("cancelled_at"),
  actorId: text("actor_id").notNull(),
  createdAt: createdAt(),
}, (t) => [
  uniqueIndex("notifications_key").on(t.workspaceId, t.key).where(sql`key is not null`),
  index("notifications_age").on(t.createdAt),
  index("notifications_subject").on(t.workspaceId, t.subjectId).where(sql`subject_id is not null`),
  index("notifications_bulk").on(t.workspaceId, t.id).where(sql`bulk = 1`),
]);

export const notificationDeliveries = sqliteTable("notification_deliveries", {
  id: id(),
  workspaceId: workspaceId(),
  notificationId: text("notification_id").notNull().references(() => notifications.id, {
    onDelete: "cascade",
  }),
  channel: text("channel").$type<NotifyChannel>().notNull(),
  /** An address of the channel: e-mail, phone, user (in_app, push), endpoint, name of a chat address. */
  recipient: text("recipient").notNull(),
  userId: text("user_id"),
  contactId: text("contact_id"),
  locale: text("locale").notNull(),
  subject: text("subject"),
  text: text("text"),
  html: text("html"),
  /** What only this channel reads, such as the threading of a mail. */
  extra: text("extra", { mode: "json" }).$type<Record<string, unknown>>(),
  state: text("state").$type<DeliveryState>().notNull(),
  reason: text("reason"),
  /** The provider that has it, or was tried last. */
  provider: text("provider"),
  /** Which of the channel's providers is next. */
  providerAt: integer("provider_at").notNull().default(0),
  /** The provider of the last try may have it and would know a repetition: only that one is asked again. */
  pinned: flag("pinned").notNull().default(false),
  externalId: text("external_id"),
  tries: integer("tries").notNull().default(0),
  /** How often all providers were tried in vain since it was last (re)started. */
  round: integer("round").notNull().default(0),
  nextTryAt: at("next_try_at"),
  createdAt: createdAt(),
  stateAt: at("state_at").notNull(),
  sentAt: at("sent_at"),
  deliveredAt: at("delivered_at"),
  readAt: at("read_at"),
  /** Waits to be told together with others. */
  digestId: text("digest_id"),
}, (t) => [
  index("notification_deliveries_history").on(t.workspaceId, t.id),
  // What is read in the app has its user for recipient: the index of inboxes leads there.
  index("notification_deliveries_recipient").on(t.workspaceId, t.recipient, t.id)
    .where(sql`channel <> 'in_app'`),
  index("notification_deliveries_contact").on(t.workspaceId, t.contactId).where(sql`contact_id is not null`),
  index("notification_deliveries_of").on(t.notificationId, t.state, t.id),
  index("notification_deliveries_state").on(t.workspaceId, t.state, t.id),
  index("notification_deliveries_inbox").on(t.workspaceId, t.userId, t.state, t.id).where(
    sql`channel = 'in_app'`,
  ),
  index("notification_deliveries_external").on(t.channel, t.externalId).where(sql`external_id is not null`),
  index("notification_deliveries_digest").on(t.digestId).where(sql`digest_id is not null`),
  index("notification_deliveries_waiting").on(t.stateAt).where(sql`state in ('pending', 'sending')`),
]);

export const DELIVERY_OUTCOMES = ["accepted", "refused", "again", "unknown", "not_begun"] as const;
export type DeliveryOutcome = typeof DELIVERY_OUTCOMES[number];

/** One try to hand a delivery to a provider. Committed before the call, so that a crash leaves a trace of it. */
export const deliveryAttempts = sqliteTable("delivery_attempts", {
  id: id(),
  workspaceId: workspaceId(),
  deliveryId: text("delivery_id").notNull().references(() => notificationDeliveries.id, {
    onDelete: "cascade",
  }),
  /** The job whose run made it: only that job's next run may decide what a crash left open. */
  jobId: text("job_id").notNull(),
  number: integer("number").notNull(),
  provider: text("provider").notNull(),
  startedAt: at("started_at").notNull(),
  endedAt: at("ended_at"),
  outcome: text("outcome").$type<DeliveryOutcome>(),
  /** Class of failure (lib/ports/notify-failures.ts). */
  reason: text("reason"),
  vendorCode: text("vendor_code"),
  detail: text("detail"),
}, (t) => [uniqueIndex("delivery_attempts_number").on(t.deliveryId, t.number)]);

export const CHAT_CHANNELS = ["slack", "teams", "discord"] as const satisfies readonly NotifyChannel[];
export type ChatChannel = typeof CHAT_CHANNELS[number];

/** Where a workspace is told in Slack, Teams or Discord. The address is a secret, so it is kept sealed. */
export const chatAddresses = sqliteTable("chat_addresses", {
  id: id(),
  workspaceId: workspaceId(),
  channel: text("channel").$type<ChatChannel>().notNull(),
  /** What a send names; `default` is taken when it names none. */
  name: text("name").notNull(),
  url: text("url").notNull(),
  createdAt: createdAt(),
}, (t) => [uniqueIndex("chat_addresses_name").on(t.workspaceId, t.channel, t.name)]);

/** A browser that may be pushed to. */
export const pushSubscriptions = sqliteTable("push_subscriptions", {
  id: id(),
  workspaceId: workspaceId(),
  userId: text("user_id").notNull(),
  endpoint: text("endpoint").notNull(),
  p256dh: text("p256dh").notNull(),
  auth: text("auth").notNull(),
  userAgent: text("user_agent"),
  createdAt: createdAt(),
}, (t) => [
  uniqueIndex("push_subscriptions_endpoint").on(t.workspaceId, t.endpoint),
  index("push_subscriptions_user").on(t.workspaceId, t.userId),
]);

/** Whom a workspace's events are told to, by signed calls. */
export const webhookEndpoints = sqliteTable("webhook_endpoints", {
  id: id(),
  workspaceId: workspaceId(),
  url: text("url").notNull(),
  description: text("description").notNull(),
  /** Patterns such as `ticket.*`. */
  types: text("types", { mode: "json" }).$type<string[]>().notNull(),
  secret: text("secret").notNull(),
  /** The one before, which signs too until then. */
  oldSecret: text("old_secret"),
  oldSecretUntil: at("old_secret_until"),
  enabled: flag("enabled").notNull(),
  disabledReason: text("disabled_reason"),
  /** Tries that failed since the last success. */
  failures: integer("failures").notNull().default(0),
  failingSince: at("failing_since"),
  lastSuccessAt: at("last_success_at"),
  createdAt: createdAt(),
}, (t) => [index("webhook_endpoints_workspace").on(t.workspaceId, t.id)]);

/** Some recipients of a notification to many; their deliveries are written by one commit that also marks this done. */
export const bulkChunks = sqliteTable("notification_chunks", {
  id: id(),
  workspaceId: workspaceId(),
  notificationId: text("notification_id").notNull().references(() => notifications.id, {
    onDelete: "cascade",
  }),
  recipients: text("recipients", { mode: "json" }).$type<BulkRecipient[]>().notNull(),
  size: integer("size").notNull(),
  doneAt: at("done_at"),
}, (t) => [
  index("notification_chunks_of").on(t.notificationId),
  index("notification_chunks_open").on(t.workspaceId).where(sql`done_at is null`),
]);

/**
 * How far a notification to many has come, and how many of its deliveries are in each state: what writes them counts
 * them, and triggers keep it whatever moves them (count_bulks.sql of the migrations). One to few has no row.
 */
export const bulkCounts = sqliteTable("notification_counts", {
  notificationId: text("notification_id").primaryKey().references(() => notifications.id, {
    onDelete: "cascade",
  }),
  workspaceId: workspaceId(),
  /** Recipients, and those of them whose deliveries are still to be written. */
  size: integer("size").notNull(),
  waiting: integer("waiting").notNull(),
  pending: integer("pending").notNull().default(0),
  sending: integer("sending").notNull().default(0),
  sent: integer("sent").notNull().default(0),
  delivered: integer("delivered").notNull().default(0),
  read: integer("read").notNull().default(0),
  failed: integer("failed").notNull().default(0),
  skipped: integer("skipped").notNull().default(0),
  outcome_unknown: integer("outcome_unknown").notNull().default(0),
});

export interface BulkRecipient {
  readonly recipient: string;
  readonly data?: Record<string, unknown>;
}
