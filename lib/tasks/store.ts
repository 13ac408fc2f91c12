import { and, asc, count, desc, eq, gt, inArray, lt, min, sql } from "drizzle-orm";
import { jobAttempts, jobs } from "../../db/schema/jobs.ts";
import { statement, statementBlind, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { JOB_STATE, NEW_JOB, type NewJob } from "../jobs/mod.ts";
import type { Lane } from "../kernel/define-job.ts";
import type { ContinueWhen, TaskState } from "./schemas.ts";

export type TaskRow = Omit<typeof jobs.$inferSelect, "workspaceId" | "submittedBy"> & {
  readonly workspaceId: string;
  readonly submittedBy: string;
};

/** Only rows of the workspace that were submitted are selected, so neither column is null. */
function asTasks(rows: readonly (typeof jobs.$inferSelect)[]): TaskRow[] {
  return rows as TaskRow[];
}

export interface NewTask extends Omit<NewJob, "workspaceId"> {
  readonly parentId: string | null;
  readonly childrenLeft: number | null;
  readonly continueWhen: ContinueWhen | null;
}

const p = sql.placeholder;

const insertOne = statementBlind((db) =>
  db.insert(jobs).values({ ...NEW_JOB, submittedBy: p("submittedBy") }).prepare()
);

/** A task that is nobody's parent and nobody's child. */
export async function insertTask(tx: Tx, task: NewTask & { submittedBy: string }): Promise<void> {
  await insertOne(tx, { ...task, workspaceId: tx.workspaceId });
}

const ROWS_A_STATEMENT = 500;

/** Any number of tasks, a statement for each 500 of them. */
export async function insertTasks(tx: Tx, tasks: readonly NewTask[], submittedBy: string): Promise<void> {
  for (let from = 0; from < tasks.length; from += ROWS_A_STATEMENT) {
    const rows = tasks.slice(from, from + ROWS_A_STATEMENT).map((task) => [
      task.id,
      task.lane,
      task.name,
      task.state,
      task.priority,
      task.runAt,
      task.rank,
      task.maxAttempts,
      task.payload,
      task.createdAt,
      task.parentId,
      task.childrenLeft,
      task.continueWhen,
    ]);
    await tx.db.run(sql`
      insert into jobs (id, lane, name, state, priority, run_at, rank, max_attempts, payload, created_at, parent_id,
        children_left, continue_when, workspace_id, submitted_by)
      select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value -> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, ${tx.workspaceId}, ${submittedBy}
      from json_each(${JSON.stringify(rows)})`);
  }
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

/** Rows that one look reads where a filter may leave out nearly all: a list must not hold the event loop. */
const LOOK_BACK = 5000;

export interface FoundTasks {
  readonly rows: TaskRow[];
  /** Not null: so far the look went, and there is more behind it. */
  readonly lookedTo: string | null;
}

/** Newest first; with a filter, among the newest 5,000 before the cursor. */
export async function selectTasks(ctx: Ctx, filter: TaskFilter): Promise<FoundTasks> {
  const { state, name, lane, before, limit } = filter;
  const own = and(
    eq(jobs.workspaceId, ctx.workspaceId),
    sql`submitted_by is not null`,
    before === null ? undefined : lt(jobs.id, before),
  );
  const wanted = and(
    state === undefined ? undefined : STATE_IS[state],
    name === undefined ? undefined : eq(jobs.name, name),
    lane === undefined ? undefined : eq(jobs.lane, lane),
  );
  const newest = ctx.db.select({ id: jobs.id }).from(jobs).where(own).orderBy(desc(jobs.id)).limit(LOOK_BACK);
  const found = await ctx.db.select().from(jobs)
    .where(wanted === undefined ? own : and(inArray(jobs.id, newest), wanted))
    .orderBy(desc(jobs.id)).limit(limit);
  const rows = asTasks(found);
  if (wanted === undefined || rows.length === limit) return { rows, lookedTo: null };
  const [look] = await ctx.db.select({ rows: count(), last: min(sql<string>`id`) }).from(newest.as("newest"));
  return { rows, lookedTo: look?.rows === LOOK_BACK ? look.last : null };
}

/** Children in the order in which they were submitted. */
export async function selectChildren(
  at: Ctx,
  { parentId, after = "", limit }: { parentId: string; after?: string; limit: number },
): Promise<TaskRow[]> {
  const rows = await at.db.select().from(jobs)
    .where(and(
      eq(jobs.parentId, parentId),
      gt(jobs.id, after),
      eq(jobs.workspaceId, at.workspaceId),
      sql`submitted_by is not null`,
    ))
    .orderBy(asc(jobs.id)).limit(limit);
  return asTasks(rows);
}

/** The newest hundred that came to anything but a good end, oldest first; a trigger keeps no more. */
export async function selectAttempts(at: Ctx, id: string) {
  const newest = await at.db.select().from(jobAttempts).where(eq(jobAttempts.jobId, id))
    .orderBy(desc(jobAttempts.fence)).limit(100);
  return newest.reverse();
}

/** Everything below a task that has not ended, in any depth; the task itself is not among it. */
const below = (id: string) =>
  sql`(with recursive tree(id) as (
    select id from jobs where parent_id = ${id} union all
    select jobs.id from jobs join tree on jobs.parent_id = tree.id
  ) select id from tree)`;

const cancelled = (tx: Tx) => ({
  state: JOB_STATE.cancelled,
  lease: null,
  worker: null,
  fence: sql`${jobs.fence} + 1`,
  finishedAt: tx.now(),
});

/** Cancels what is below a task; resolves to how many. A run under way loses its lease. */
export async function cancelBelow(tx: Tx, id: string): Promise<number> {
  const done = await tx.db.update(jobs).set(cancelled(tx))
    .where(and(sql`${jobs.id} in ${below(id)}`, sql`state < 3`, eq(jobs.workspaceId, tx.workspaceId)));
  return done.rowsAffected;
}

/** False: it has ended. */
export async function cancelOne(tx: Tx, id: string): Promise<boolean> {
  const done = await tx.db.update(jobs).set(cancelled(tx))
    .where(and(eq(jobs.id, id), sql`state < 3`, eq(jobs.workspaceId, tx.workspaceId)));
  return done.rowsAffected === 1;
}

const keepProgress = statement((db) =>
  db.update(jobs).set({ progress: sql`${p("progress")}` })
    .where(sql`${jobs.id} = ${p("id")} and ${jobs.fence} = ${p("fence")} and state = 2`).prepare()
);

/** False: the run has lost its lease. */
export async function updateProgress(
  tx: Tx,
  { id, fence, progress }: { id: string; fence: number; progress: unknown },
): Promise<boolean> {
  const written = await keepProgress(tx, { id, fence, progress: JSON.stringify(progress) });
  return written.rowsAffected === 1;
}

/** How many tasks of the workspace come before one in its lane; counts up to `most`. */
export async function countAhead(
  at: Ctx,
  { lane, rank, most }: { lane: Lane; rank: number; most: number },
): Promise<number> {
  const [row] = await at.db.select({
    count: sql<number>`(select count(*) from (select 1 from jobs where state = 0 and lane = ${lane}
      and coalesce(workspace_id, '') = ${at.workspaceId} and rank < ${rank} limit ${most}))`,
  }).from(sql`(select 1)`);
  return row?.count ?? 0;
}

/** Newest first. */
export async function selectDeadTasks(
  ctx: Ctx,
  { name, before, limit }: { name: string | null; before: string | null; limit: number },
): Promise<TaskRow[]> {
  const rows = await ctx.db.select().from(jobs)
    .where(and(
      sql`state = 4`,
      eq(jobs.workspaceId, ctx.workspaceId),
      sql`submitted_by is not null`,
      name === null ? undefined : eq(jobs.name, name),
      before === null ? undefined : lt(jobs.id, before),
    ))
    .orderBy(desc(jobs.id)).limit(limit);
  return asTasks(rows);
}

/** Runs of the workspace in a lane, on all workers. */
export async function countRunning(at: Ctx, lane: Lane): Promise<number> {
  const [row] = await at.db.select({ count: sql<number>`count(*)` }).from(jobs)
    .where(and(sql`state = 2`, eq(jobs.lane, lane), eq(jobs.workspaceId, at.workspaceId)));
  return row?.count ?? 0;
}

/** What is told of a run that its own first commit has ended. */
export async function keepResult(
  at: Ctx,
  { id, fence, result, error }: { id: string; fence: number; result?: unknown; error?: string },
): Promise<void> {
  await at.db.update(jobs).set({
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { lastError: error }),
  }).where(and(eq(jobs.id, id), eq(jobs.fence, fence), sql`state = 3`));
}
