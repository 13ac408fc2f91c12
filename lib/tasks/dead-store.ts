import { and, eq, inArray, sql } from "drizzle-orm";
import { JOB_STATE, jobs } from "../../db/schema/jobs.ts";
import { listed } from "../../db/statement.ts";
import type { Tx } from "../context.ts";
import type { Lane } from "../kernel/define-job.ts";

export interface Redrive {
  readonly ids: readonly string[] | null;
  readonly name: string | null;
  readonly limit: number;
}

const own = (tx: Tx) =>
  and(sql`state = 4`, eq(jobs.workspaceId, tx.workspaceId), sql`submitted_by is not null`);

const started = (tx: Tx) => ({
  state: JOB_STATE.ready,
  attempts: 0,
  runAt: tx.now(),
  rank: sql`${tx.now()} - ${jobs.priority} * 60000`,
  fence: sql`${jobs.fence} + 1`,
  finishedAt: null,
  lastError: null,
});

/** Starts dead letters over, the oldest first; resolves to what was started. */
export async function reviveMany(
  tx: Tx,
  { ids, name, limit }: Redrive,
): Promise<{ id: string; lane: Lane }[]> {
  const chosen = tx.db.select({ id: jobs.id }).from(jobs)
    .where(and(
      own(tx),
      ids === null ? undefined : sql`${jobs.id} in ${listed(ids)}`,
      name === null ? undefined : eq(jobs.name, name),
    ))
    .orderBy(jobs.id).limit(limit);
  return await tx.db.update(jobs).set(started(tx)).where(inArray(jobs.id, chosen))
    .returning({ id: jobs.id, lane: jobs.lane });
}

export interface Mended {
  readonly payload?: unknown;
  readonly priority?: number;
  readonly maxAttempts?: number;
  readonly submittedBy?: string;
}

/** Starts one over with what was mended of it. False: it is no dead letter. */
export async function reviveOne(tx: Tx, id: string, mended: Mended): Promise<boolean> {
  const { priority } = mended;
  const rank = priority === undefined ? {} : { rank: tx.now() - priority * 60_000 };
  const done = await tx.db.update(jobs).set({ ...started(tx), ...mended, ...rank })
    .where(and(eq(jobs.id, id), own(tx)));
  return done.rowsAffected === 1;
}

export async function deleteDead(tx: Tx, id: string): Promise<boolean> {
  return (await tx.db.delete(jobs).where(and(eq(jobs.id, id), own(tx)))).rowsAffected === 1;
}
