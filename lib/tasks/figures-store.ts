import { and, desc, gt, sql } from "drizzle-orm";
import { jobs } from "../../db/schema/jobs.ts";
import type { Ctx } from "../context.ts";
import type { Lane } from "../kernel/define-job.ts";
import { WORKER_TYPES } from "../kernel/define-function.ts";

/** Counts stop here: past it the number is only "many". */
const COUNTED = 10_000;

export interface Depth {
  readonly queued: number;
  readonly delayed: number;
  readonly running: number;
  /** UTC milliseconds at which the first one to come was due. */
  readonly oldest: number | null;
}

/** What of the workspace waits and runs in each lane of tasks. */
export async function depthsOf(ctx: Ctx): Promise<Map<Lane, Depth>> {
  const { workspaceId } = ctx;
  // Of what is delayed and what runs there is no index by workspace: a look at the first of all workspaces'.
  const some = (state: 1 | 2) => {
    const first = sql`(select lane, workspace_id as ws from jobs where state = ${
      sql.raw(String(state))
    } limit ${COUNTED})`;
    return ctx.db.select({ lane: sql<string>`lane`, count: sql<number>`count(*)` })
      .from(first).where(sql`ws = ${workspaceId}`).groupBy(sql`lane`);
  };
  const [delayed, running] = await Promise.all([some(1), some(2)]);
  const countIn = (rows: typeof delayed, lane: Lane) => rows.find((row) => row.lane === lane)?.count ?? 0;
  const depths = await Promise.all(
    Object.values(WORKER_TYPES).map(async (lane) => {
      const own = sql`state = 0 and lane = ${lane} and coalesce(workspace_id, '') = ${workspaceId}`;
      const [row] = await ctx.db.select({
        queued: sql<number>`(select count(*) from (select 1 from jobs where ${own} limit ${COUNTED}))`,
        oldest: sql<number | null>`(select run_at from jobs where ${own} order by rank limit 1)`,
      }).from(sql`(select 1)`);
      const depth: Depth = {
        queued: row?.queued ?? 0,
        oldest: row?.oldest ?? null,
        delayed: countIn(delayed, lane),
        running: countIn(running, lane),
      };
      return [lane, depth] as const;
    }),
  );
  return new Map(depths);
}

/** The newest ends within a window that a look reads: of all workspaces, since they are indexed by time. */
const LOOK_BACK = 5000;

export interface Ended {
  readonly lane: Lane;
  readonly state: number;
  readonly runAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number;
}

/** The workspace's tasks that ended since a time, among the newest 5,000 ends of all. `whole`: none is left out. */
export async function selectEnded(ctx: Ctx, since: number): Promise<{ ended: Ended[]; whole: boolean }> {
  const rows = await ctx.db.select({
    lane: jobs.lane,
    state: jobs.state,
    runAt: jobs.runAt,
    startedAt: jobs.startedAt,
    finishedAt: sql<number>`${jobs.finishedAt}`,
    own: sql<number>`${jobs.workspaceId} is ${ctx.workspaceId} and submitted_by is not null`,
  }).from(jobs)
    .where(and(sql`state >= 3`, gt(jobs.finishedAt, since)))
    .orderBy(desc(jobs.finishedAt)).limit(LOOK_BACK);
  return { ended: rows.filter(({ own }) => own === 1), whole: rows.length < LOOK_BACK };
}
