import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, createdAt, id, workspaceId } from "../columns.ts";

/** A calendar of elsewhere that says when an operator is busy. */
export const connectedCalendars = sqliteTable("connected_calendars", {
  id: id(),
  workspaceId: workspaceId(),
  operatorId: text("operator_id").notNull(),
  name: text("name").notNull(),
  /** Its address, sealed: whoever has it can read the calendar. */
  url: text("url").notNull(),
  /** Where it is, for a person. */
  host: text("host").notNull(),
  /** When it is looked at next. */
  nextLookAt: at("next_look_at").notNull(),
  lookedAt: at("looked_at"),
  /** The last time that it could be read, or was as before. */
  readAt: at("read_at"),
  /** When its times were worked out: what comes again and again reaches only so far. */
  workedOutAt: at("worked_out_at"),
  /** What went wrong at the last look, for a person; null: nothing. */
  error: text("error"),
  failures: integer("failures").notNull().default(0),
  /** The user who connected it; null: nobody knows, or no person. */
  connectedBy: text("connected_by"),
  /** When somebody was told that it can't be read; null: it can, or it is too soon. */
  toldAt: at("told_at"),
  etag: text("etag"),
  lastModified: text("last_modified"),
  events: integer("events").notNull().default(0),
  /** Events that were not understood, or not wholly. */
  skipped: integer("skipped").notNull().default(0),
  createdAt: createdAt(),
}, (t) => [
  index("connected_calendars_operator").on(t.workspaceId, t.operatorId, t.id),
  index("connected_calendars_due").on(t.nextLookAt),
]);

/** A time that a connected calendar says is taken. */
export const busyTimes = sqliteTable("busy_times", {
  id: integer("id").primaryKey(),
  workspaceId: workspaceId(),
  calendarId: text("calendar_id").notNull().references(() => connectedCalendars.id, { onDelete: "cascade" }),
  operatorId: text("operator_id").notNull(),
  startsAt: at("starts_at").notNull(),
  endsAt: at("ends_at").notNull(),
  /** Of a visit that came back: it stands for itself. */
  visitId: text("visit_id"),
}, (t) => [
  index("busy_times_operator").on(t.workspaceId, t.operatorId, t.startsAt),
  index("busy_times_calendar").on(t.calendarId),
]);
