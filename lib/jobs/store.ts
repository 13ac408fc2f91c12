import { sql } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import { statement } from "../../db/statement.ts";
import type { Tx } from "../context.ts";
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
}

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

const NEW_JOB = {
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

const insertPlain = statement((db) => db.insert(jobs).values(NEW_JOB).prepare());

export async function insertJob(tx: Tx, job: NewJob): Promise<void> {
  await insertPlain(tx, { ...job });
}

/** Must say what the index `jobs_dedup` says, word for word. */
const waiting = sql`dedup_key is not null and state < 2 and fence = 0`;

const insertOrKeep = statement((db) =>
  db.insert(jobs).values({ ...NEW_JOB, dedupKey: p("dedupKey") })
    .onConflictDoUpdate({ target: jobs.dedupKey, targetWhere: waiting, set: { runAt: sql`${jobs.runAt}` } })
    .returning({ id: jobs.id, runAt: jobs.runAt }).prepare()
);

const pushed = sql<number>`max(${jobs.runAt}, min(excluded.run_at, ${jobs.createdAt} + ${
  given("maxDelayMs")
}))`;

const insertOrPush = statement((db) =>
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
    .returning({ id: jobs.id, runAt: jobs.runAt }).prepare()
);

interface KeyedJob extends NewJob {
  readonly dedupKey: string;
  readonly onDuplicate: "keep" | "push";
  readonly maxDelayMs: number | null;
}

/** Inserts, or finds the job that waits under the key; resolves to the one that stands. */
export async function insertKeyedJob(tx: Tx, job: KeyedJob): Promise<{ id: string; runAt: number }> {
  const { onDuplicate, maxDelayMs, ...row } = job;
  const [stands] = onDuplicate === "keep"
    ? await insertOrKeep(tx, row)
    : await insertOrPush(tx, { ...row, maxDelayMs: maxDelayMs ?? Number.MAX_SAFE_INTEGER / 2 });
  return stands ?? { id: row.id, runAt: row.runAt };
}
