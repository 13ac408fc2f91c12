import { and, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import { JOB_STATE, jobs, type JobState } from "../../db/schema/jobs.ts";
import type { Ctx, Tx } from "../context.ts";
import { type Lane, LANES } from "../kernel/define-job.ts";

export type JobRow = typeof jobs.$inferSelect;

/** null: jobs of the platform, which belong to no workspace. */
type Owner = string | null;

const ownedBy = (workspaceId: Owner) =>
  workspaceId === null ? isNull(jobs.workspaceId) : eq(jobs.workspaceId, workspaceId);

/** Rows that a look at the newest jobs reads at most: a list must not hold the event loop. */
const LOOK_BACK = 5000;

export interface JobFilter {
  readonly workspaceId: Owner;
  readonly state: JobState | null;
  readonly name: string | null;
  readonly before: string | null;
  readonly limit: number;
}

export interface FoundJobs {
  readonly rows: JobRow[];
  /** Not null: so far the look went, and there may be more behind it. */
  readonly lookedTo: string | null;
}

/** Newest first; among the newest 5,000 of all before the cursor. */
export async function selectRecent(
  ctx: Ctx,
  { workspaceId, state, name, before, limit }: JobFilter,
): Promise<FoundJobs> {
  const older = before === null ? undefined : lt(jobs.id, before);
  const [last] = await ctx.db.select({ id: jobs.id }).from(jobs).where(older)
    .orderBy(desc(jobs.id)).limit(1).offset(LOOK_BACK - 1);
  const rows = await ctx.db.select().from(jobs)
    .where(and(
      older,
      last === undefined ? undefined : gte(jobs.id, last.id),
      ownedBy(workspaceId),
      state === null ? undefined : eq(jobs.state, state),
      name === null ? undefined : eq(jobs.name, name),
    ))
    .orderBy(desc(jobs.id)).limit(limit);
  return { rows, lookedTo: last?.id ?? null };
}

export async function selectDead(
  ctx: Ctx,
  { workspaceId, before, limit }: Pick<JobFilter, "workspaceId" | "before" | "limit">,
): Promise<JobRow[]> {
  return await ctx.db.select().from(jobs)
    .where(and(sql`state = 4`, ownedBy(workspaceId), before === null ? undefined : lt(jobs.id, before)))
    .orderBy(desc(jobs.id)).limit(limit);
}

export async function selectJob(
  at: Ctx,
  { id, workspaceId }: { id: string; workspaceId: Owner },
): Promise<JobRow | null> {
  const [row] = await at.db.select().from(jobs).where(and(eq(jobs.id, id), ownedBy(workspaceId)));
  return row ?? null;
}

/** A dead letter starts over, with all its attempts. False: it is not dead. */
export async function revive(tx: Tx, id: string): Promise<boolean> {
  const now = tx.now();
  const revived = await tx.db.update(jobs).set({
    state: JOB_STATE.ready,
    attempts: 0,
    runAt: now,
    rank: sql`${now} - ${jobs.priority} * 60000`,
    fence: sql`${jobs.fence} + 1`,
    finishedAt: null,
  }).where(and(eq(jobs.id, id), sql`state = 4`));
  return revived.rowsAffected === 1;
}

/** False: it has ended already. A run under way loses its lease. */
export async function markCancelled(tx: Tx, id: string): Promise<boolean> {
  const cancelled = await tx.db.update(jobs).set({
    state: JOB_STATE.cancelled,
    lease: null,
    worker: null,
    fence: sql`${jobs.fence} + 1`,
    finishedAt: tx.now(),
  }).where(and(eq(jobs.id, id), sql`state < 3`));
  return cancelled.rowsAffected === 1;
}

/** Counts stop here: past it the number is only "many". */
export const COUNTED = 10_000;

export interface LaneCounts {
  readonly lane: Lane;
  readonly ready: number;
  /** UTC milliseconds at which the oldest ready job was due. */
  readonly oldestReadyAt: number | null;
}

export async function countReady(ctx: Ctx): Promise<LaneCounts[]> {
  return await Promise.all(LANES.map(async (lane) => {
    const [row] = await ctx.db.select({
      ready: sql<
        number
      >`(select count(*) from (select 1 from jobs where state = 0 and lane = ${lane} limit ${COUNTED}))`,
      oldest: sql<
        number | null
      >`(select run_at from jobs where state = 0 and lane = ${lane} order by rank limit 1)`,
    }).from(sql`(select 1)`);
    return { lane, ready: row?.ready ?? 0, oldestReadyAt: row?.oldest ?? null };
  }));
}

export async function countOthers(ctx: Ctx): Promise<{ delayed: number; running: number; dead: number }> {
  const upTo = (state: number) =>
    sql.raw(`(select count(*) from (select 1 from jobs where state = ${state} limit ${COUNTED}))`);
  const [row] = await ctx.db.select({
    delayed: sql<number>`${upTo(1)}`,
    running: sql<number>`${upTo(2)}`,
    dead: sql<number>`${upTo(4)}`,
  }).from(sql`(select 1)`);
  return row ?? { delayed: 0, running: 0, dead: 0 };
}
