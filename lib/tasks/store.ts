import { and, desc, eq, lt, sql } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { JOB_STATE } from "../jobs/mod.ts";
import type { Lane } from "../kernel/define-job.ts";
import type { TaskState } from "./schemas.ts";

export type TaskRow = Omit<typeof jobs.$inferSelect, "workspaceId" | "submittedBy"> & {
  readonly workspaceId: string;
  readonly submittedBy: string;
};

/** Only rows of the workspace that were submitted are selected, so neither column is null. */
function asTasks(rows: readonly (typeof jobs.$inferSelect)[]): TaskRow[] {
  return rows as TaskRow[];
}

export interface NewTask {
  readonly id: string;
  readonly lane: Lane;
  readonly name: string;
  readonly state: 0 | 1;
  readonly priority: number;
  readonly runAt: number;
  readonly rank: number;
  readonly maxAttempts: number;
  readonly payload: unknown;
}

const p = sql.placeholder;

const insertOne = statement((db) =>
  db.insert(jobs).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    lane: p("lane"),
    name: p("name"),
    state: p("state"),
    priority: p("priority"),
    runAt: p("runAt"),
    rank: p("rank"),
    maxAttempts: p("maxAttempts"),
    payload: p("payload"),
    createdAt: p("createdAt"),
    submittedBy: p("submittedBy"),
  }).prepare()
);

export async function insertTask(tx: Tx, task: NewTask & { submittedBy: string }): Promise<void> {
  await insertOne(tx, { ...task, workspaceId: tx.workspaceId, createdAt: tx.now() });
}

const selectOne = statementOne((db) =>
  db.select().from(jobs)
    .where(
      sql`${jobs.id} = ${p("id")} and ${jobs.workspaceId} = ${p("workspaceId")} and submitted_by is not null`,
    )
    .prepare()
);

export async function selectTask(at: Ctx, id: string): Promise<TaskRow | null> {
  const row = await selectOne(at, { id, workspaceId: at.workspaceId });
  return row === undefined ? null : asTasks([row])[0] ?? null;
}

export interface TaskFilter {
  readonly state?: TaskState | undefined;
  readonly name?: string | undefined;
  readonly lane?: Lane | undefined;
  readonly before: string | null;
  readonly limit: number;
}

/** The states of jobs that a task's state covers; dead letters are told apart by their attempts. */
const STATE_IS = {
  queued: sql`state < 2`,
  running: sql`state = ${sql.raw(String(JOB_STATE.leased))}`,
  done: sql`state = ${sql.raw(String(JOB_STATE.done))}`,
  failed: sql`state = 4 and ${jobs.attempts} < ${jobs.maxAttempts}`,
  dead: sql`state = 4 and ${jobs.attempts} >= ${jobs.maxAttempts}`,
  cancelled: sql`state = ${sql.raw(String(JOB_STATE.cancelled))}`,
} as const satisfies Record<TaskState, unknown>;

/** Newest first. */
export async function selectTasks(ctx: Ctx, filter: TaskFilter): Promise<TaskRow[]> {
  const { state, name, lane, before, limit } = filter;
  const rows = await ctx.db.select().from(jobs)
    .where(and(
      eq(jobs.workspaceId, ctx.workspaceId),
      sql`submitted_by is not null`,
      state === undefined ? undefined : STATE_IS[state],
      name === undefined ? undefined : eq(jobs.name, name),
      lane === undefined ? undefined : eq(jobs.lane, lane),
      before === null ? undefined : lt(jobs.id, before),
    ))
    .orderBy(desc(jobs.id)).limit(limit);
  return asTasks(rows);
}
