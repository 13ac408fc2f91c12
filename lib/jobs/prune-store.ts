import { inArray, sql } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

/** When the oldest of the newest `rows` ended jobs ended; null: there are no more than that. Of all workspaces. */
export async function endOfNewest(ctx: Ctx, rows: number): Promise<number | null> {
  const found = await ctx.db.get<{ at: number | null }>(
    sql`select finished_at as at from jobs where state >= 3 order by finished_at desc limit 1 offset ${rows}`,
  );
  return found?.at ?? null;
}

export interface Pruned {
  readonly id: string;
  /** What its arguments and its result are kept under, outside of the row. */
  readonly blobs: readonly string[];
}

/** Up to `limit` jobs that ended by `before`, dead letters by `deadBefore`; not what a parent waits for, or would collect when it is redriven. */
export async function selectFinished(
  ctx: Ctx,
  { before, deadBefore, limit }: { before: number; deadBefore: number; limit: number },
): Promise<Pruned[]> {
  const rows = await ctx.db.select({
    id: jobs.id,
    args: sql<string | null>`json_extract(${jobs.payload}, '$.blob')`,
    result: sql<string | null>`json_extract(${jobs.result}, '$.blob')`,
    isTask: sql<number>`${jobs.submittedBy} is not null`,
  }).from(jobs).where(
    sql`state >= 3 and finished_at <= ${before} and (state <> 4 or finished_at <= ${deadBefore})
      and (parent_id is null or not exists (
        select 1 from jobs as parent where parent.id = jobs.parent_id and parent.state in (0, 1, 2, 4)))`,
  ).orderBy(jobs.finishedAt).limit(limit);
  return rows.map(({ id, args, result, isTask }) => ({
    id,
    // Only of a task are these columns of that form: a job's payload may hold a word like it.
    blobs: isTask === 1 ? [args, result].filter((key) => typeof key === "string") : [],
  }));
}

export async function deleteJobs(tx: Tx, ids: readonly string[]): Promise<number> {
  return (await tx.db.delete(jobs).where(
    inArray(jobs.id, listed(ids)),
  )).rowsAffected;
}
