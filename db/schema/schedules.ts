import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, createdAt, flag, id, workspaceId } from "../columns.ts";

export const SCHEDULE_KINDS = ["cron", "once", "interval"] as const;
/** What a tick does while the task of an earlier one has not ended. */
export const OVERLAPS = ["skip", "queue", "replace"] as const;
/** What becomes of the ticks that nobody was there for. */
export const CATCH_UPS = ["none", "last", "all"] as const;
export const TICK_OUTCOMES = ["submitted", "waiting", "skipped", "missed", "failed"] as const;

/** When a workspace's task is submitted again and again. Its next tick is a row, as the system's own are. */
export const taskSchedules = sqliteTable("task_schedules", {
  id: id(),
  workspaceId: workspaceId(),
  name: text("name").notNull(),
  kind: text("kind", { enum: SCHEDULE_KINDS }).notNull(),
  /** Of a cron; else null. */
  cron: text("cron"),
  zone: text("zone").notNull(),
  /** Of an interval, which counts from `starts_at`; else null. */
  everyMs: integer("every_ms"),
  /** The first tick of an interval, the only one of a one-off; else null. */
  startsAt: at("starts_at"),
  overlap: text("overlap", { enum: OVERLAPS }).notNull(),
  catchUp: text("catch_up", { enum: CATCH_UPS }).notNull(),
  catchUpLimit: integer("catch_up_limit").notNull(),
  functionName: text("function_name").notNull(),
  args: text("args", { mode: "json" }).$type<unknown>().notNull(),
  priority: text("priority").notNull(),
  /** null: the function's own. */
  workerType: text("worker_type"),
  enabled: flag("enabled").notNull(),
  /** null: no tick will come. */
  nextAt: at("next_at"),
  /** When the ticker looks at it: its next tick, or sooner while ticks wait; null: never. */
  lookAt: at("look_at"),
  lastAt: at("last_at"),
  /** `kind:id` of the actor as whom its tasks run. */
  createdBy: text("created_by").notNull(),
  createdAt: createdAt(),
  updatedAt: at("updated_at").notNull(),
}, (t) => [
  index("task_schedules_workspace").on(t.workspaceId, t.id),
  index("task_schedules_look").on(t.lookAt).where(sql`look_at is not null`),
]);

/** What became of each tick; a stretch of ticks that nobody was there for is one row. */
export const scheduleTicks = sqliteTable("schedule_ticks", {
  id: id(),
  workspaceId: workspaceId(),
  scheduleId: text("schedule_id").notNull().references(() => taskSchedules.id, { onDelete: "cascade" }),
  /** When it was due; of missed ones the last. */
  dueAt: at("due_at").notNull(),
  /** Asked for by somebody, not by the clock. */
  manual: flag("manual").notNull(),
  outcome: text("outcome", { enum: TICK_OUTCOMES }).notNull(),
  /** How many ticks it stands for: more than one only when missed. */
  count: integer("count").notNull(),
  taskId: text("task_id"),
  reason: text("reason"),
  createdAt: createdAt(),
}, (t) => [
  index("schedule_ticks_schedule").on(t.scheduleId, t.workspaceId, t.id),
  index("schedule_ticks_waiting").on(t.scheduleId, t.dueAt).where(sql`outcome = 'waiting'`),
  index("schedule_ticks_created").on(t.createdAt),
  uniqueIndex("schedule_ticks_once").on(t.scheduleId, t.dueAt).where(sql`manual = 0`),
]);
