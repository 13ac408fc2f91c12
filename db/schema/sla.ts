import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { KeptCalendar } from "../../lib/business-time/schemas.ts";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

/** From least to most. */
export const SLA_PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export type SlaPriority = typeof SLA_PRIORITIES[number];

/** What is promised of a ticket. */
export const CLOCK_KINDS = ["first_response", "next_response", "resolution"] as const;
export type ClockKind = typeof CLOCK_KINDS[number];

export const CLOCK_STATES = ["running", "paused", "met", "breached", "stopped"] as const;
export type ClockState = typeof CLOCK_STATES[number];

/** Minutes by priority; what is null or left out is not promised. */
export type SlaTargets = {
  readonly [kind in ClockKind]?:
    | { readonly [priority in SlaPriority]?: number | null | undefined }
    | undefined;
};

/** When to warn: after a share of the time, or so many minutes before it is over. */
export type SlaWarning = { readonly percent: number } | { readonly minutes: number };

export const businessCalendars = sqliteTable("business_calendars", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  /** Follows the hours of the business's own configuration. */
  isDefault: flag("is_default").notNull(),
  /** The one of its revisions that holds now. */
  revision: integer("revision").notNull(),
  /** Counts every change, its name's too. */
  version: integer("version").notNull().default(1),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("business_calendars_workspace").on(t.workspaceId, t.id),
  uniqueIndex("business_calendars_default").on(t.workspaceId).where(sql`is_default = 1`),
]);

/** What a calendar said, and from when on: time that went by is counted as it was then. Outlives its calendar. */
export const calendarRevisions = sqliteTable("calendar_revisions", {
  workspaceId: workspaceId(),
  calendarId: text("calendar_id").notNull(),
  revision: integer("revision").notNull(),
  calendar: text("calendar", { mode: "json" }).$type<KeptCalendar>().notNull(),
  fromAt: at("from_at").notNull(),
}, (t) => [primaryKey({ columns: [t.workspaceId, t.calendarId, t.revision] })]);

export const slaPolicies = sqliteTable("sla_policies", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  description: text("description").notNull(),
  /** Whether minutes are those of the calendar or of the wall clock. */
  counts: text("counts").$type<"business" | "wall">().notNull(),
  /** null: the business's own hours. */
  calendarId: text("calendar_id").references(() => businessCalendars.id),
  targets: text("targets", { mode: "json" }).$type<SlaTargets>().notNull(),
  warn: text("warn", { mode: "json" }).$type<SlaWarning>(),
  /** Holds for tickets that name none. */
  isDefault: flag("is_default").notNull(),
  version: integer("version").notNull().default(1),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("sla_policies_workspace").on(t.workspaceId, t.id),
  uniqueIndex("sla_policies_default").on(t.workspaceId).where(sql`is_default = 1`),
]);

/** One promise about one ticket. Time is counted up to `since`, and from there on by the calendar. */
export const slaClocks = sqliteTable("sla_clocks", {
  id: id(),
  workspaceId: workspaceId(),
  /** Whose ticket it is, the tickets know. */
  ticketId: text("ticket_id").notNull(),
  kind: text("kind").$type<ClockKind>().notNull(),
  policyId: text("policy_id").notNull(),
  priority: text("priority").$type<SlaPriority>().notNull(),
  /** null: every minute counts. */
  calendarId: text("calendar_id"),
  calendarRevision: integer("calendar_revision").notNull(),
  state: text("state").$type<ClockState>().notNull(),
  /** null: time is kept, nothing is promised. */
  targetMs: integer("target_ms"),
  /** What has gone by when it warns. */
  warnMs: integer("warn_ms"),
  elapsedMs: integer("elapsed_ms").notNull(),
  /** Counts since then; null: it pauses, or is over. A broken promise counts on until it is kept late. */
  since: at("since"),
  warnAt: at("warn_at"),
  dueAt: at("due_at"),
  warnedAt: at("warned_at"),
  breachedAt: at("breached_at"),
  /** When it was met (in time or late) or stopped. */
  endedAt: at("ended_at"),
  createdAt: createdAt(),
  /** Also that its ticket went to somebody else: who copies it reads on from here. */
  updatedAt: at("updated_at").notNull().default(0),
}, (t) => [
  index("sla_clocks_updated").on(t.workspaceId, t.updatedAt, t.id),
  uniqueIndex("sla_clocks_open").on(t.workspaceId, t.ticketId, t.kind).where(sql`ended_at is null`),
  index("sla_clocks_over").on(t.workspaceId, t.ticketId).where(sql`ended_at is not null`),
  index("sla_clocks_due").on(t.workspaceId, t.state, t.dueAt, t.id),
  index("sla_clocks_created").on(t.workspaceId, t.createdAt),
]);
