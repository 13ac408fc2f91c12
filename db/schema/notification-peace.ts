import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Weekday } from "../../lib/business-time/mod.ts";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";
import type { NotifyChannel } from "./notifications.ts";

/** What a user or contact wants to hear, and over which channel. `*` stands for all. */
export const notificationPreferences = sqliteTable("notification_preferences", {
  workspaceId: workspaceId(),
  /** A user or a contact. */
  ownerId: text("owner_id").notNull(),
  category: text("category").notNull(),
  channel: text("channel").$type<NotifyChannel | "*">().notNull(),
  enabled: flag("enabled").notNull(),
}, (t) => [primaryKey({ columns: [t.workspaceId, t.ownerId, t.category, t.channel] })]);

/** When a user or contact is left in peace, on their own wall clock. */
export const quietHours = sqliteTable("quiet_hours", {
  workspaceId: workspaceId(),
  ownerId: text("owner_id").notNull(),
  timezone: text("timezone").notNull(),
  /** `HH:MM`; null: only whole days. */
  from: text("quiet_from"),
  to: text("quiet_to"),
  /** Days that are quiet as a whole. */
  days: text("days", { mode: "json" }).$type<Weekday[]>().notNull(),
}, (t) => [primaryKey({ columns: [t.workspaceId, t.ownerId] })]);

/** How often one address was told by one template since `startedAt`. */
export const throttleMarks = sqliteTable("throttle_marks", {
  workspaceId: workspaceId(),
  mark: text("mark").notNull(),
  startedAt: at("started_at").notNull(),
  endsAt: at("ends_at").notNull(),
  count: integer("count").notNull(),
}, (t) => [
  primaryKey({ columns: [t.workspaceId, t.mark] }),
  index("throttle_marks_age").on(t.endsAt),
]);

/** What one address will be told in one message; one is open at a time. */
export const digests = sqliteTable("notification_digests", {
  id: id(),
  workspaceId: workspaceId(),
  mark: text("mark").notNull(),
  closesAt: at("closes_at").notNull(),
  closedAt: at("closed_at"),
  createdAt: createdAt(),
}, (t) => [
  uniqueIndex("notification_digests_open").on(t.workspaceId, t.mark).where(sql`closed_at is null`),
  index("notification_digests_age").on(t.createdAt),
]);
