import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Lane } from "../../lib/kernel/define-job.ts";
import { at, createdAt, flag, id } from "../columns.ts";

/** The states of a job. Only `ready` rows are in the claim index, so a claim costs the same at any depth. */
export const JOB_STATE = { ready: 0, delayed: 1, leased: 2, done: 3, dead: 4, cancelled: 5 } as const;
export type JobState = typeof JOB_STATE[keyof typeof JOB_STATE];

/** When a task that waits for its children goes on: at the end of all, the first success, the first failure. */
export const CONTINUE_WHEN = ["all", "any", "first_failure"] as const;
export type ContinueWhen = typeof CONTINUE_WHEN[number];

/** `put_off`: no fault of its own, the attempt does not count; `lost`: its worker died or hung. */
export type AttemptOutcome = "failed" | "put_off" | "lost" | "dead" | "cancelled";

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
  /** The task that waits for this one. */
  parentId: text("parent_id"),
  /** How many of its children have not ended; kept by a trigger, whatever ends them. */
  childrenLeft: integer("children_left"),
  /** Not null: it waits for its children (delayed until no time), up to this. */
  continueWhen: text("continue_when").$type<ContinueWhen>(),
}, (t) => [
  index("jobs_ready").on(t.lane, t.rank).where(sql`state = 0`),
  index("jobs_children").on(t.parentId, t.id).where(sql`parent_id is not null`),
  index("jobs_delayed").on(t.runAt).where(sql`state = 1`),
  index("jobs_leased").on(t.lease).where(sql`state = 2`),
  index("jobs_finished").on(t.finishedAt).where(sql`state >= 3`),
  index("jobs_dead").on(t.workspaceId, t.id).where(sql`state = 4`),
  index("jobs_submitted").on(t.workspaceId, t.id).where(sql`submitted_by is not null`),
  uniqueIndex("jobs_dedup").on(t.dedupKey).where(sql`dedup_key is not null and state < 2 and fence = 0`),
]);

/** Runs of tasks that came to anything but their good end. Written by a trigger, whatever ends them. */
export const jobAttempts = sqliteTable("job_attempts", {
  jobId: text("job_id").notNull().references(() => jobs.id, { onDelete: "cascade" }),
  fence: integer("fence").notNull(),
  number: integer("number").notNull(),
  worker: text("worker"),
  startedAt: at("started_at"),
  endedAt: at("ended_at").notNull(),
  outcome: text("outcome").$type<AttemptOutcome>().notNull(),
  error: text("error"),
}, (t) => [primaryKey({ columns: [t.jobId, t.fence] })]);

/** What somebody said of a lane, for a workspace or (no workspace: "") for all. Every worker obeys within a second. */
export const laneControls = sqliteTable("lane_controls", {
  lane: text("lane").$type<Lane>().notNull(),
  workspaceId: text("workspace_id").notNull(),
  /** Nothing starts. */
  paused: flag("paused").notNull().default(false),
  /** Nothing new is taken; what waits is worked off. */
  draining: flag("draining").notNull().default(false),
  /** Runs at once: of each worker for all, of all workers for a workspace. null: as the workers are set up. */
  concurrency: integer("concurrency"),
  changedAt: at("changed_at").notNull(),
  changedBy: text("changed_by").notNull(),
}, (t) => [primaryKey({ columns: [t.lane, t.workspaceId] })]);

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
