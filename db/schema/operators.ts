import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CalendarHolidays, CalendarHours } from "../../lib/business-time/schemas.ts";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

export const PRESENCES = ["online", "away", "busy", "offline"] as const;
export type Presence = typeof PRESENCES[number];

/** What a team does with work when none of its operators is free. */
export const BUSY_POLICIES = ["hold", "overflow", "assign_anyway"] as const;
export type BusyPolicy = typeof BUSY_POLICIES[number];

export interface Skill {
  readonly name: string;
  /** 1 knows it, 5 teaches it. */
  readonly level: number;
}

/** Who does the work: a person, with a user of the workspace or (yet) without one. */
export const operators = sqliteTable("operators", {
  id: id(),
  workspaceId: workspaceId(),
  userId: text("user_id"),
  name: text("name").notNull(),
  email: text("email"),
  phone: text("phone"),
  skills: text("skills", { mode: "json" }).$type<Skill[]>().notNull(),
  languages: text("languages", { mode: "json" }).$type<string[]>().notNull(),
  /** How much work at once. */
  capacity: integer("capacity").notNull(),
  /** How much of it is taken; written by whoever hands out work. */
  load: integer("load").notNull().default(0),
  presence: text("presence").$type<Presence>().notNull(),
  /** Without a sign of life the presence ends then. */
  presenceUntil: at("presence_until"),
  lastSeenAt: at("last_seen_at"),
  timezone: text("timezone").notNull(),
  /** The shifts; null: always on shift. */
  hours: text("hours", { mode: "json" }).$type<CalendarHours>(),
  daysOff: text("days_off", { mode: "json" }).$type<CalendarHolidays>().notNull(),
  /** An inactive one gets no work. */
  active: flag("active").notNull().default(true),
  /** When work was last given: who waited longest comes first among equals. */
  lastAssignedAt: at("last_assigned_at"),
  removedAt: at("removed_at"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("operators_workspace").on(t.workspaceId, t.id),
  uniqueIndex("operators_user").on(t.workspaceId, t.userId).where(
    sql`user_id is not null and removed_at is null`,
  ),
  uniqueIndex("operators_email").on(t.workspaceId, t.email).where(
    sql`email is not null and removed_at is null`,
  ),
]);

export const teams = sqliteTable("teams", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  /** Names of skills that its work asks for. */
  skills: text("skills", { mode: "json" }).$type<string[]>().notNull(),
  whenBusy: text("when_busy").$type<BusyPolicy>().notNull(),
  overflowTeamId: text("overflow_team_id"),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("teams_workspace").on(t.workspaceId, t.id),
  uniqueIndex("teams_name").on(t.workspaceId, t.name),
]);

export const teamMembers = sqliteTable("team_members", {
  workspaceId: workspaceId(),
  teamId: text("team_id").notNull().references(() => teams.id, { onDelete: "cascade" }),
  operatorId: text("operator_id").notNull().references(() => operators.id, { onDelete: "cascade" }),
  createdAt: createdAt(),
}, (t) => [
  primaryKey({ columns: [t.teamId, t.operatorId] }),
  index("team_members_operator").on(t.workspaceId, t.operatorId),
]);
