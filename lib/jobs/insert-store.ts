import { and, asc, eq, getTableColumns, gt, lt, type SQL, sql } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import { type Late, statement, statementBlind, statementLate, statementOne } from "../../db/statement.ts";
import type { Tx } from "../context.ts";
import type { Lane } from "../kernel/define-job.ts";
import type { Db } from "../ports/db.ts";
import { rankOf } from "./policy.ts";
import { JOB_STATE } from "./store.ts";

export interface NewJob {
  readonly id: string;
  readonly workspaceId: string | null;
  readonly lane: Lane;
  readonly name: string;
  readonly state: 0 | 1;
  readonly priority: number;
  readonly runAt: number;
  readonly rank: number;
  readonly maxAttempts: number;
  readonly payload: unknown;
  readonly createdAt: number;
}

const p = sql.placeholder;
/** An expression of a placeholder where drizzle's types want SQL. */
const given = (name: string) => sql<number>`${p(name)}`;

/** The columns that every new job has, as placeholders of their own names. */
export const NEW_JOB = {
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
};

const insertPlain = statementBlind((db) => db.insert(jobs).values(NEW_JOB).prepare());

export async function insertJob(tx: Tx, job: NewJob): Promise<void> {
  await insertPlain(tx, { ...job });
}

type Shared = Pick<NewJob, "workspaceId" | "lane" | "name" | "maxAttempts" | "createdAt">;

const ROWS_A_STATEMENT = 500;

/** What a job of many has in each column; null in those that are not named. */
const OF_MANY: Readonly<Record<string, SQL>> = {
  id: sql`value ->> 0`,
  state: sql`value ->> 1`,
  priority: sql`value ->> 2`,
  runAt: sql`value ->> 3`,
  rank: sql`value ->> 4`,
  payload: sql`value -> 5`,
  workspaceId: given("workspaceId"),
  lane: given("lane"),
  name: given("name"),
  maxAttempts: given("maxAttempts"),
  createdAt: given("createdAt"),
  attempts: sql`0`,
  fence: sql`0`,
};

const insertRows = statementBlind((db) => {
  const values = Object.keys(getTableColumns(jobs)).map((column) => OF_MANY[column] ?? sql`null`);
  return db.insert(jobs).select(sql`select ${sql.join(values, sql`, `)} from json_each(${p("rows")})`)
    .prepare();
});

/** Many jobs that differ in little, a statement for each 500 of them. */
export async function insertJobs(
  tx: Tx,
  shared: Shared,
  rows: readonly Omit<NewJob, keyof Shared>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = rows.slice(from, from + ROWS_A_STATEMENT)
      .map(({ id, state, priority, runAt, rank, payload }) => [id, state, priority, runAt, rank, payload]);
    await insertRows(tx, { ...shared, rows: JSON.stringify(some) });
  }
}

/** Must say what the index `jobs_dedup` says, word for word. */
const waiting = sql`dedup_key is not null and state < 2 and fence = 0`;

const keep = (db: Db) =>
  db.insert(jobs).values({ ...NEW_JOB, dedupKey: p("dedupKey") })
    .onConflictDoUpdate({ target: jobs.dedupKey, targetWhere: waiting, set: { runAt: sql`${jobs.runAt}` } })
    .returning({ id: jobs.id, runAt: jobs.runAt }).prepare();

const pushed = sql<number>`max(${jobs.runAt}, min(excluded.run_at, ${jobs.createdAt} + ${
  given("maxDelayMs")
}))`;

const push = (db: Db) =>
  db.insert(jobs).values({ ...NEW_JOB, dedupKey: p("dedupKey") })
    .onConflictDoUpdate({
      target: jobs.dedupKey,
      targetWhere: waiting,
      set: {
        payload: sql`excluded.payload`,
        runAt: pushed,
        rank: sql`${pushed} - ${jobs.priority} * 60000`,
        state: sql`case when ${pushed} > excluded.created_at then 1 else 0 end`,
      },
    })
    .returning({ id: jobs.id, runAt: jobs.runAt }).prepare();

/** As `keep`, by two statements of which mostly the first is enough: RETURNING would be a third of its time. */
const insertUnlessWaiting = statement((db) =>
  db.insert(jobs).values({ ...NEW_JOB, dedupKey: p("dedupKey") }).onConflictDoNothing().prepare()
);
const waitingUnder = statementOne((db) =>
  db.select({ id: jobs.id, runAt: jobs.runAt }).from(jobs)
    .where(and(eq(jobs.dedupKey, p("dedupKey")), waiting)).prepare()
);

const pushOne = statement(push);
const KEYED_LATE = { keep: statementLate(keep), push: statementLate(push) };

export interface KeyedJob extends NewJob {
  /** null: it has none. */
  readonly dedupKey: string | null;
  readonly onDuplicate: "keep" | "push";
  readonly maxDelayMs: number | null;
}

/** The job that waits, and from when. */
export type Standing = Pick<NewJob, "id" | "runAt">;

/** Inserts, or finds the job that waits under the key; resolves to the one that stands. */
export async function insertKeyedJob(tx: Tx, job: KeyedJob): Promise<Standing> {
  if (job.onDuplicate === "push") return (await pushOne(tx, valuesOf(job)))[0] ?? job;
  if ((await insertUnlessWaiting(tx, valuesOf(job))).rowsAffected === 1) return job;
  return await waitingUnder(tx, { dedupKey: job.dedupKey }) ?? job;
}

/** The same, told after the commit. */
export async function insertKeyedJobLate(tx: Tx, job: KeyedJob): Promise<Late<Standing>> {
  const stands = await KEYED_LATE[job.onDuplicate](tx, valuesOf(job));
  return () => stands()[0] ?? job;
}

function valuesOf({ onDuplicate: _, maxDelayMs, ...row }: KeyedJob): Record<string, unknown> {
  return { ...row, maxDelayMs: maxDelayMs ?? Number.MAX_SAFE_INTEGER / 2 };
}

/** Those that wait under keys which begin so, by their keys. */
export async function selectWaiting(
  tx: Tx,
  { prefix, after, limit }: { prefix: string; after: string | null; limit: number },
): Promise<{ id: string; key: string | null; payload: unknown; runAt: number; priority: number }[]> {
  const { id, dedupKey: key, payload, runAt, priority } = jobs;
  return await tx.db.select({ id, key, payload, runAt, priority }).from(jobs)
    .where(and(gt(key, after ?? prefix), lt(key, `${prefix}\uffff`), inWorkspace(tx), waiting))
    .orderBy(asc(key)).limit(limit);
}

/** The unary plus keeps SQLite at the keys, in place of all jobs of the workspace. */
function inWorkspace(tx: Tx): SQL {
  return sql`+${jobs.workspaceId} is ${tx.workspaceIdOrNull}`;
}

export async function hastenWaiting(
  tx: Tx,
  { id, runAt, priority }: { id: string; runAt: number; priority: number },
): Promise<void> {
  const state = runAt > tx.now() ? JOB_STATE.delayed : JOB_STATE.ready;
  await tx.db.update(jobs).set({ runAt, rank: rankOf(runAt, priority), state })
    .where(and(eq(jobs.id, id), inWorkspace(tx), waiting));
}
