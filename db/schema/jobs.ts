import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Lane } from "../../lib/kernel/define-job.ts";
import { at, createdAt, flag, id } from "../columns.ts";

/** The states of a job. Only `ready` rows are in the claim index, so a claim costs the same at any depth. */
export const JOB_STATE = { ready: 0, delayed: 1, leased: 2, done: 3, dead: 4, cancelled: 5 } as const;
export type JobState = typeof JOB_STATE[keyof typeof JOB_STATE];

export const jobs = sqliteTable("jobs", {
  id: id(),
  workspaceId: text("workspace_id"),
  lane: text("lane").$type<Lane>().notNull(),
  name: text("name").notNull(),
  state: integer("state").$type<JobState>().notNull(),
  priority: integer("priority").notNull().default(0),
  runAt: at("run_at").notNull(),
  /** `run_at - priority * 60000`: priority with ageing, stored so that a claim is one index scan. */
  rank: integer("rank").notNull(),
  attempts: integer("attempts").notNull().default(0),
  maxAttempts: integer("max_attempts").notNull(),
  /** When the lease ends; null when not leased. */
  lease: at("lease"),
  /** Raised by every claim; an ack with an older fence is refused. */
  fence: integer("fence").notNull().default(0),
  worker: text("worker"),
  /** Jobs with one key that have not started (never claimed: fence 0) are one job. */
  dedupKey: text("dedup_key"),
  payload: text("payload", { mode: "json" }).$type<unknown>().notNull(),
  lastError: text("last_error"),
  createdAt: createdAt(),
  finishedAt: at("finished_at"),
  /** When the newest run began. */
  startedAt: at("started_at"),
  /** Who submitted it as a task, `kind:id`; null: code of ours enqueued it. */
  submittedBy: text("submitted_by"),
  /** What a task's function gave, stored as its arguments are in `payload` (lib/tasks/stored.ts). */
  result: text("result", { mode: "json" }).$type<unknown>(),
  /** What a running task last told of itself. */
  progress: text("progress", { mode: "json" }).$type<unknown>(),
}, (t) => [
  index("jobs_ready").on(t.lane, t.rank).where(sql`state = 0`),
  index("jobs_delayed").on(t.runAt).where(sql`state = 1`),
  index("jobs_leased").on(t.lease).where(sql`state = 2`),
  index("jobs_finished").on(t.finishedAt).where(sql`state >= 3`),
  index("jobs_dead").on(t.workspaceId, t.id).where(sql`state = 4`),
  index("jobs_submitted").on(t.workspaceId, t.id).where(sql`submitted_by is not null`),
  uniqueIndex("jobs_dedup").on(t.dedupKey).where(sql`dedup_key is not null and state < 2 and fence = 0`),
]);

/** A recurring job. Its next tick is a row, so a restart neither repeats nor misses one. */
export const schedules = sqliteTable("schedules", {
  name: text("name").primaryKey(),
  cron: text("cron").notNull(),
  zone: text("zone").notNull(),
  job: text("job").notNull(),
  payload: text("payload", { mode: "json" }).$type<unknown>().notNull(),
  enabled: flag("enabled").notNull().default(true),
  nextAt: at("next_at").notNull(),
  lastAt: at("last_at"),
}, (t) => [index("schedules_next").on(t.nextAt)]);
