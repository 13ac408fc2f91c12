import { sql } from "drizzle-orm";
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, id, workspaceId } from "../columns.ts";

export const VISIT_STATES = [
  "requested",
  "scheduled",
  "confirmed",
  "on_the_way",
  "checked_in",
  "completed",
  "cancelled",
  "no_show",
] as const;
export type VisitState = typeof VISIT_STATES[number];

export const PHOTO_MOMENTS = ["check_in", "check_out"] as const;
export type PhotoMoment = typeof PHOTO_MOMENTS[number];

/** An appointment of an operator at a client's. */
export const visits = sqliteTable("visits", {
  id: id(),
  workspaceId: workspaceId(),
  state: text("state").$type<VisitState>().notNull(),
  subject: text("subject").notNull(),
  /** What the operator has to know. */
  instructions: text("instructions"),
  operatorId: text("operator_id"),
  clientId: text("client_id"),
  contactId: text("contact_id"),
  siteId: text("site_id"),
  ticketId: text("ticket_id"),
  /** Where it is, when no site says so. */
  address: text("address"),
  /** null while it is only asked for. */
  startsAt: at("starts_at"),
  endsAt: at("ends_at"),
  minutes: integer("minutes").notNull(),
  /** Counts the changes that a calendar has to follow (RFC 5545, 3.8.7.4). */
  sequence: integer("sequence").notNull().default(0),
  confirmedAt: at("confirmed_at"),
  /** `client`, or the id of who confirmed for them. */
  confirmedBy: text("confirmed_by"),
  cancelReason: text("cancel_reason"),
  checkedInAt: at("checked_in_at"),
  checkInNote: text("check_in_note"),
  checkInLatitude: real("check_in_latitude"),
  checkInLongitude: real("check_in_longitude"),
  checkedOutAt: at("checked_out_at"),
  checkOutNote: text("check_out_note"),
  checkOutLatitude: real("check_out_latitude"),
  checkOutLongitude: real("check_out_longitude"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("visits_workspace").on(t.workspaceId, t.id),
  index("visits_start").on(t.workspaceId, t.startsAt, t.id),
  index("visits_operator").on(t.workspaceId, t.operatorId, t.startsAt).where(sql`operator_id is not null`),
  index("visits_of_operator").on(t.workspaceId, t.operatorId, t.id),
  index("visits_client").on(t.workspaceId, t.clientId, t.id).where(sql`client_id is not null`),
  index("visits_contact").on(t.workspaceId, t.contactId, t.id).where(sql`contact_id is not null`),
  index("visits_site").on(t.workspaceId, t.siteId, t.id).where(sql`site_id is not null`),
  index("visits_ticket").on(t.workspaceId, t.ticketId, t.id).where(sql`ticket_id is not null`),
]);

/** Each state that a visit had, in order. */
export const visitSteps = sqliteTable("visit_steps", {
  id: id(),
  workspaceId: workspaceId(),
  visitId: text("visit_id").notNull().references(() => visits.id, { onDelete: "cascade" }),
  from: text("from_state").$type<VisitState>(),
  to: text("to_state").$type<VisitState>().notNull(),
  startsAt: at("starts_at"),
  reason: text("reason"),
  actorId: text("actor_id").notNull(),
  at: at("at").notNull(),
}, (t) => [index("visit_steps_visit").on(t.workspaceId, t.visitId, t.id)]);

export const visitPhotos = sqliteTable("visit_photos", {
  id: id(),
  workspaceId: workspaceId(),
  visitId: text("visit_id").notNull().references(() => visits.id, { onDelete: "cascade" }),
  moment: text("moment").$type<PhotoMoment>().notNull(),
  name: text("name").notNull(),
  contentType: text("content_type").notNull(),
  size: integer("size").notNull(),
  sha256: text("sha256").notNull(),
  blobKey: text("blob_key").notNull(),
  createdAt: createdAt(),
}, (t) => [index("visit_photos_visit").on(t.workspaceId, t.visitId, t.id)]);

/** How a workspace makes appointments. */
export const visitSettings = sqliteTable("visit_settings", {
  workspaceId: workspaceId().primaryKey(),
  /** Shape: lib/visits/schemas.ts. */
  config: text("config", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  updatedAt: at("updated_at").notNull(),
});

/** The secret address of an operator's calendar. */
export const visitFeeds = sqliteTable("visit_feeds", {
  operatorId: text("operator_id").primaryKey(),
  workspaceId: workspaceId(),
  /** SHA-256 of the token, hex. */
  tokenHash: text("token_hash").notNull(),
  createdAt: createdAt(),
}, (t) => [uniqueIndex("visit_feeds_token").on(t.tokenHash)]);
