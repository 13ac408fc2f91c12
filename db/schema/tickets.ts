import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Mood } from "../../lib/sentiment/mod.ts";
import type { Assignment } from "../../lib/tickets/assign.ts";
import { at, createdAt, workspaceId } from "../columns.ts";

export const TICKET_STATES = [
  "new",
  "open",
  "pending_customer",
  "pending_internal",
  "scheduled",
  "resolved",
  "closed",
] as const;
export type TicketState = typeof TICKET_STATES[number];

/** From least to most. */
export const TICKET_PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export type TicketPriority = typeof TICKET_PRIORITIES[number];

/** Where a ticket came from. */
export const TICKET_SOURCES = [
  "api",
  "operator",
  "conversation",
  "email",
  "phone",
  "visit",
  "watson",
  "rule",
] as const;
export type TicketSource = typeof TICKET_SOURCES[number];

export const COMMENT_VISIBILITIES = ["public", "private"] as const;
export type CommentVisibility = typeof COMMENT_VISIBILITIES[number];

export const COMMENT_AUTHORS = ["operator", "customer", "system"] as const;
export type CommentAuthor = typeof COMMENT_AUTHORS[number];

/** What of a ticket changed, by the field's name on the wire. */
export type TicketDiff = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

/**
 * `seq` orders tickets of one instant and is the row of the full-text index (ticket_text.sql of the migrations). Each index leads
 * to one way of listing and ends in the time, so that a page costs the same however many there are.
 */
export const tickets = sqliteTable("tickets", {
  seq: integer("seq").primaryKey({ autoIncrement: true }),
  id: text("id").notNull(),
  workspaceId: workspaceId(),
  /** Counts from 1 in each workspace: what people call it by. */
  number: integer("number").notNull(),
  subject: text("subject").notNull(),
  description: text("description").notNull(),
  state: text("state").$type<TicketState>().notNull(),
  priority: text("priority").$type<TicketPriority>().notNull(),
  source: text("source").$type<TicketSource>().notNull(),
  categoryId: text("category_id"),
  teamId: text("team_id"),
  assigneeId: text("assignee_id"),
  clientId: text("client_id"),
  /** Who asks: a contact of the conversations. */
  contactId: text("contact_id"),
  conversationId: text("conversation_id"),
  labels: text("labels", { mode: "json" }).$type<string[]>().notNull(),
  /** Custom fields by key. */
  fields: text("fields", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  locale: text("locale"),
  /** Why the present assignee got it. */
  assignment: text("assignment", { mode: "json" }).$type<Assignment>(),
  version: integer("version").notNull().default(1),
  /** By which its promises are made; null: nothing is promised. */
  slaPolicyId: text("sla_policy_id"),
  /** The next promise that runs; null: none does. */
  dueAt: at("due_at"),
  /** When a scheduled one opens again. */
  scheduledFor: at("scheduled_for"),
  firstResponseAt: at("first_response_at"),
  resolvedAt: at("resolved_at"),
  closedAt: at("closed_at"),
  reopens: integer("reopens").notNull().default(0),
  /** Calls that nobody answered and that wait for this one. */
  missedCalls: integer("missed_calls").notNull().default(0),
  /** How the customer's latest words sound (lib/sentiment), from -1 to 1; null: none were said. */
  sentiment: real("sentiment"),
  mood: text("mood").$type<Mood>(),
  /** The ticket that this one was merged into. */
  mergedInto: text("merged_into"),
  /** The ticket that this one goes on from: it was closed, or split. */
  followsId: text("follows_id"),
  createdBy: text("created_by").notNull(),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  uniqueIndex("tickets_id").on(t.id),
  uniqueIndex("tickets_number").on(t.workspaceId, t.number),
  // What most lists pick by is in the entry: a walk in the order of a time looks at no row for it.
  index("tickets_created")
    .on(
      t.workspaceId,
      t.createdAt,
      t.seq,
      t.updatedAt,
      t.state,
      t.priority,
      t.assigneeId,
      t.teamId,
      t.categoryId,
    ),
  index("tickets_updated")
    .on(
      t.workspaceId,
      t.updatedAt,
      t.seq,
      t.createdAt,
      t.state,
      t.priority,
      t.assigneeId,
      t.teamId,
      t.categoryId,
    ),
  index("tickets_state").on(t.workspaceId, t.state, t.priority, t.createdAt),
  index("tickets_assignee").on(t.workspaceId, t.assigneeId, t.state, t.createdAt)
    .where(sql`assignee_id is not null`),
  index("tickets_on_hand").on(t.workspaceId, t.assigneeId, t.updatedAt)
    .where(sql`state not in ('resolved', 'closed')`),
  index("tickets_unassigned").on(t.workspaceId, t.state, t.priority, t.createdAt)
    .where(sql`assignee_id is null and state not in ('resolved', 'closed')`),
  index("tickets_team").on(t.workspaceId, t.teamId, t.state, t.createdAt).where(sql`team_id is not null`),
  index("tickets_category").on(t.workspaceId, t.categoryId, t.state, t.createdAt)
    .where(sql`category_id is not null`),
  index("tickets_client").on(t.workspaceId, t.clientId, t.createdAt).where(sql`client_id is not null`),
  index("tickets_contact").on(t.workspaceId, t.contactId, t.createdAt).where(sql`contact_id is not null`),
  index("tickets_conversation").on(t.workspaceId, t.conversationId, t.createdAt)
    .where(sql`conversation_id is not null`),
  index("tickets_mood").on(t.workspaceId, t.mood, t.state, t.createdAt).where(sql`mood is not null`),
  index("tickets_closed").on(t.workspaceId, t.closedAt).where(sql`state = 'closed'`),
  index("tickets_owed").on(t.workspaceId, t.dueAt, t.createdAt).where(sql`due_at is not null`),
]);

/** Which tickets carry a label. */
export const ticketLabels = sqliteTable("ticket_labels", {
  seq: integer("seq").notNull().references(() => tickets.seq, { onDelete: "cascade" }),
  workspaceId: workspaceId(),
  label: text("label").notNull(),
  /** The ticket's, as it is now: a label is mostly asked for with it. */
  state: text("state").$type<TicketState>().notNull().default("new"),
  /** The ticket's: pages of a label are in its order. */
  createdAt: createdAt(),
}, (t) => [
  uniqueIndex("ticket_labels_pair").on(t.workspaceId, t.label, t.state, t.createdAt, t.seq),
  index("ticket_labels_ticket").on(t.seq),
]);

/** Which tickets have a value in a custom field; a choice of several is a row each. */
export const ticketFieldValues = sqliteTable("ticket_field_values", {
  seq: integer("seq").notNull().references(() => tickets.seq, { onDelete: "cascade" }),
  workspaceId: workspaceId(),
  key: text("key").notNull(),
  value: text("value").notNull(),
  /** The ticket's, as for labels. */
  state: text("state").$type<TicketState>().notNull(),
  createdAt: createdAt(),
}, (t) => [
  uniqueIndex("ticket_field_values_pair").on(t.workspaceId, t.key, t.value, t.state, t.createdAt, t.seq),
  index("ticket_field_values_ticket").on(t.seq),
]);

export const ticketComments = sqliteTable("ticket_comments", {
  id: text("id").primaryKey(),
  workspaceId: workspaceId(),
  ticketId: text("ticket_id").notNull().references(() => tickets.id, { onDelete: "cascade" }),
  visibility: text("visibility").$type<CommentVisibility>().notNull(),
  author: text("author").$type<CommentAuthor>().notNull(),
  authorId: text("author_id").notNull(),
  text: text("text").notNull(),
  /** Users who are mentioned. */
  mentions: text("mentions", { mode: "json" }).$type<string[]>().notNull(),
  /** The message of the conversation that it went out as, or came in as. */
  messageId: text("message_id"),
  /** The ticket that it was written in, when that was merged or split since. */
  originId: text("origin_id"),
  /** What it tells of that may be of another customer than the ticket: a visit, call, message or comment. */
  aboutId: text("about_id"),
  createdAt: createdAt(),
}, (t) => [
  index("ticket_comments_about").on(t.workspaceId, t.aboutId).where(sql`about_id is not null`),
  index("ticket_comments_ticket").on(t.ticketId, t.workspaceId, t.id),
  index("ticket_comments_customer").on(t.workspaceId, t.authorId).where(sql`author = 'customer'`),
  uniqueIndex("ticket_comments_message").on(t.workspaceId, t.messageId).where(sql`message_id is not null`),
]);

/** Every change, who made it and when; the creation is on the ticket itself. */
export const ticketHistory = sqliteTable("ticket_history", {
  seq: integer("seq").primaryKey({ autoIncrement: true }),
  workspaceId: workspaceId(),
  ticketId: text("ticket_id").notNull().references(() => tickets.id, { onDelete: "cascade" }),
  /** What was done: `updated`, `assigned`, `merged`... */
  action: text("action").notNull(),
  actorKind: text("actor_kind").notNull(),
  actorId: text("actor_id").notNull(),
  changes: text("changes", { mode: "json" }).$type<TicketDiff>().notNull(),
  at: at("at").notNull(),
}, (t) => [index("ticket_history_ticket").on(t.ticketId, t.workspaceId, t.seq)]);

/** One row a workspace: its count of tickets, and how its desk works. */
export const ticketDesks = sqliteTable("ticket_desks", {
  workspaceId: text("workspace_id").primaryKey(),
  lastNumber: integer("last_number").notNull().default(0),
  /** Shape: lib/tickets/settings.ts; what is not there has its default. */
  settings: text("settings", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
});

export const PRESET_KINDS = ["category", "canned_reply", "macro", "view"] as const;
export type PresetKind = typeof PRESET_KINDS[number];

/** What a desk prepares once and uses often. A removed one stays for the tickets that name it. */
export const ticketPresets = sqliteTable("ticket_presets", {
  id: text("id").primaryKey(),
  workspaceId: workspaceId(),
  kind: text("kind").$type<PresetKind>().notNull(),
  name: text("name").notNull(),
  /** The name in lower case: two of one kind don't share it. */
  nameKey: text("name_key").notNull(),
  /** Shape by kind: lib/tickets/preset-schemas.ts. */
  data: text("data", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
  removedAt: at("removed_at"),
}, (t) => [
  uniqueIndex("ticket_presets_name").on(t.workspaceId, t.kind, t.nameKey).where(sql`removed_at is null`),
]);

/** Users who are told of what happens to a ticket. */
export const ticketWatchers = sqliteTable("ticket_watchers", {
  workspaceId: workspaceId(),
  ticketId: text("ticket_id").notNull().references(() => tickets.id, { onDelete: "cascade" }),
  userId: text("user_id").notNull(),
  createdAt: createdAt(),
}, (t) => [
  primaryKey({ columns: [t.ticketId, t.userId] }),
  index("ticket_watchers_user").on(t.workspaceId, t.userId, t.ticketId),
]);

export const LINK_KINDS = ["ticket", "conversation", "call", "visit"] as const;
export type LinkKind = typeof LINK_KINDS[number];

/** What else belongs to the matter of a ticket. Two tickets have a row each. */
export const ticketLinks = sqliteTable("ticket_links", {
  workspaceId: workspaceId(),
  ticketId: text("ticket_id").notNull().references(() => tickets.id, { onDelete: "cascade" }),
  kind: text("kind").$type<LinkKind>().notNull(),
  targetId: text("target_id").notNull(),
  /** How it belongs: `related`, `merged`, `split`, `follows`. */
  relation: text("relation").notNull(),
  createdAt: createdAt(),
}, (t) => [
  primaryKey({ columns: [t.ticketId, t.kind, t.targetId] }),
  index("ticket_links_target").on(t.workspaceId, t.kind, t.targetId),
]);

/** A file of a comment that did not go out as a message; those of messages are with the conversation. */
export const ticketAttachments = sqliteTable("ticket_attachments", {
  id: text("id").primaryKey(),
  workspaceId: workspaceId(),
  commentId: text("comment_id").notNull().references(() => ticketComments.id, { onDelete: "cascade" }),
  name: text("name").notNull(),
  contentType: text("content_type").notNull(),
  size: integer("size").notNull(),
  sha256: text("sha256").notNull(),
  blobKey: text("blob_key").notNull(),
  createdAt: createdAt(),
}, (t) => [
  index("ticket_attachments_comment").on(t.commentId, t.workspaceId),
  index("ticket_attachments_blob").on(t.blobKey),
]);

/** What a customer is asked after the solution. One answer each; the link's secret is derived, not stored. */
export const ticketSurveys = sqliteTable("ticket_surveys", {
  id: text("id").primaryKey(),
  workspaceId: workspaceId(),
  ticketId: text("ticket_id").notNull().references(() => tickets.id, { onDelete: "cascade" }),
  operatorId: text("operator_id"),
  teamId: text("team_id"),
  score: integer("score"),
  comment: text("comment"),
  sentAt: at("sent_at"),
  answeredAt: at("answered_at"),
  expiresAt: at("expires_at").notNull(),
  createdAt: createdAt(),
}, (t) => [
  index("ticket_surveys_ticket").on(t.ticketId, t.workspaceId),
  index("ticket_surveys_answered").on(t.workspaceId, t.answeredAt).where(sql`answered_at is not null`),
]);
