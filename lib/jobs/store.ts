import { sql } from "drizzle-orm";
import { JOB_STATE, jobs } from "../../db/schema/jobs.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import type { Lane } from "../kernel/define-job.ts";

export { JOB_STATE, type JobState } from "../../db/schema/jobs.ts";

export type JobRow = typeof jobs.$inferSelect;

/** What a runner needs of a claimed job. */
export interface ClaimedJob {
  readonly id: string;
  readonly workspaceId: string | null;
  readonly name: string;
  readonly lane: Lane;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly fence: number;
  readonly payload: unknown;
  readonly runAt: number;
  readonly rank: number;
  /** null: not a task. */
  readonly submittedBy: string | null;
  /** Not null: it is the parent of others. */
  readonly childrenLeft: number | null;
  /** The task that waits for it. */
  readonly parentId: string | null;
}

const p = sql.placeholder;
/** An expression of a placeholder where drizzle's types want SQL. */
const given = (name: string) => sql<number>`${p(name)}`;

/** The columns of a ClaimedJob. */
export const CLAIMED = {
  id: jobs.id,
  workspaceId: jobs.workspaceId,
  name: jobs.name,
  lane: jobs.lane,
  attempts: jobs.attempts,
  maxAttempts: jobs.maxAttempts,
  fence: jobs.fence,
  payload: jobs.payload,
  runAt: jobs.runAt,
  rank: jobs.rank,
  submittedBy: jobs.submittedBy,
  childrenLeft: jobs.childrenLeft,
  parentId: jobs.parentId,
};

const next = sql`${jobs.fence} + 1`;

/** A run of a job: the fence makes it this run and no other. */
export interface Run {
  readonly id: string;
  readonly fence: number;
}

const held = () => sql`${jobs.id} = ${p("id")} and ${jobs.fence} = ${p("fence")} and state = 2`;

const selectHeld = statement((db) => db.select({ id: jobs.id }).from(jobs).where(held()).prepare());

export async function isHeld(at: Ctx, { id, fence }: Run): Promise<boolean> {
  return (await selectHeld(at, { id, fence })).length === 1;
}

const markDone = statement((db) =>
  db.update(jobs).set({ state: JOB_STATE.done, lease: null, worker: null, finishedAt: given("now") })
    .where(held()).prepare()
);

/** False when the run lost its lease. */
export async function finish(at: Ctx, { id, fence }: Run): Promise<boolean> {
  return (await markDone(at, { id, fence, now: at.now() })).rowsAffected === 1;
}

/** Runs as `[[id, fence], …]`, bound as one value: one statement ends or gives back any number of them. */
const named = () => sql`json_each(${p("runs")}) as run`;
const isNamed = sql`${jobs.id} = run.value ->> 0 and ${jobs.fence} = run.value ->> 1`;
const pairs = (runs: readonly Run[]) => JSON.stringify(runs.map(({ id, fence }) => [id, fence]));

const markAllDone = statement((db) =>
  db.update(jobs).set({
    state: JOB_STATE.done,
    lease: null,
    worker: null,
    finishedAt: given("now"),
    result: sql`nullif(run.value -> 2, 'null')`,
  })
    .from(named()).where(sql`${isNamed} and state = 2`).prepare()
);

const selectDone = statement((db) =>
  db.select({ id: jobs.id }).from(named()).innerJoin(jobs, isNamed).where(sql`state = 3`).prepare()
);

/** Ends all of these runs; resolves to the ids of those that own their job no more. */
export async function finishAll(
  at: Ctx,
  runs: readonly (Run & { result?: unknown })[],
): Promise<ReadonlySet<string>> {
  const given = JSON.stringify(runs.map(({ id, fence, result }) => [id, fence, result]));
  const { rowsAffected } = await markAllDone(at, { runs: given, now: at.now() });
  if (rowsAffected === runs.length) return NONE;
  if (rowsAffected === 0) return new Set(runs.map(({ id }) => id));
  const done = new Set((await selectDone(at, { runs: given })).map(({ id }) => id));
  return new Set(runs.map(({ id }) => id).filter((id) => !done.has(id)));
}

const NONE: ReadonlySet<string> = new Set();

const markUnclaimed = statement((db) =>
  db.update(jobs).set({
    state: JOB_STATE.ready,
    attempts: sql`${jobs.attempts} - 1`,
    fence: next,
    lease: null,
    worker: null,
  }).from(named()).where(sql`${isNamed} and state = 2`).prepare()
);

/** Undoes the claims of runs that never started. */
export async function unclaim(at: Ctx, runs: readonly Run[]): Promise<void> {
  await markUnclaimed(at, { runs: pairs(runs) });
}

const markWaiting = statement((db) =>
  db.update(jobs).set({
    state: sql`case when ${p("runAt")} > ${p("now")} then 1 else 0 end`,
    runAt: given("runAt"),
    rank: sql`${p("runAt")} - ${jobs.priority} * 60000`,
    attempts: sql`${jobs.attempts} - ${p("refund")}`,
    lastError: sql`${p("error")}`,
    fence: next,
    lease: null,
    worker: null,
  }).where(held()).prepare()
);

/** Gives a job back to wait until `runAt`; `refund` 1 leaves its count of attempts as before the run. */
export async function putBack(
  at: Ctx,
  { id, fence, runAt, refund, error }: Run & { runAt: number; refund: 0 | 1; error: string },
): Promise<boolean> {
  return (await markWaiting(at, { id, fence, runAt, refund, error, now: at.now() })).rowsAffected === 1;
}

const markDead = statement((db) =>
  db.update(jobs)
    .set({
      state: JOB_STATE.dead,
      lease: null,
      worker: null,
      lastError: sql`${p("error")}`,
      finishedAt: given("now"),
    })
    .where(held()).prepare()
);

export async function bury(at: Ctx, { id, fence, error }: Run & { error: string }): Promise<boolean> {
  return (await markDead(at, { id, fence, error, now: at.now() })).rowsAffected === 1;
}

const extendLeases = statement((db) =>
  db.update(jobs).set({ lease: given("lease") }).from(named())
    .where(sql`${isNamed} and state = 2 and ${jobs.worker} = ${p("worker")}`)
    .returning({ id: jobs.id, fence: jobs.fence }).prepare()
);

/** Extends the leases of these runs in one statement; resolves to those that are still held. */
export async function extend(
  ctx: Ctx,
  { worker, runs, lease }: { worker: string; runs: readonly Run[]; lease: number },
): Promise<Run[]> {
  return await extendLeases(ctx, { worker, runs: pairs(runs), lease });
}

const selectReady = statement((db) =>
  db.select({ id: jobs.id, lane: jobs.lane }).from(jobs)
    .where(sql`state = 0 and ${jobs.id} in (select value from json_each(${p("ids")}))`).prepare()
);

/** Which of these wait for nothing but a worker, by their lanes. */
export async function readyAmong(at: Ctx, ids: readonly string[]): Promise<{ id: string; lane: Lane }[]> {
  return await selectReady(at, { ids: JSON.stringify(ids) });
}
