import { asc, eq, sql } from "drizzle-orm";
import { JOB_STATE, jobs } from "../../db/schema/jobs.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import type { Lane } from "../kernel/define-job.ts";
import { CLAIMED, type ClaimedJob } from "./store.ts";

const p = sql.placeholder;

const claimById = statement((db) =>
  db.update(jobs)
    .set({
      state: JOB_STATE.leased,
      lease: sql`${p("now")} + (select value from json_each(${p("leases")}) where key = ${jobs.name})`,
      worker: sql`${p("worker")}`,
      fence: sql`${jobs.fence} + 1`,
      attempts: sql`${jobs.attempts} + 1`,
      startedAt: sql`${p("now")}`,
    })
    .where(
      sql`${jobs.id} = ${p("id")} and (state = 0 or (state = 1 and ${jobs.runAt} <= ${
        p("now")
      })) and ${jobs.name} in (select key from json_each(${p("leases")}))`,
    )
    .returning(CLAIMED).prepare()
);

/** Takes the job if it is due and named in `leases` (milliseconds by name). One statement, so atomic. */
export async function claimNamed(
  ctx: Ctx,
  { id, worker, leases }: { id: string; worker: string; leases: Readonly<Record<string, number>> },
): Promise<ClaimedJob | null> {
  const [job] = await claimById(ctx, { id, worker, leases: JSON.stringify(leases), now: ctx.now() });
  return job ?? null;
}

const selectStanding = statement((db) =>
  db.select({
    name: jobs.name,
    state: jobs.state,
    runAt: jobs.runAt,
    lease: jobs.lease,
    lastError: jobs.lastError,
  }).from(jobs).where(eq(jobs.id, p("id"))).prepare()
);

export type Standing = NonNullable<Awaited<ReturnType<typeof standingOf>>>;

/** How a job stands, of whatever workspace: the caller is the engine. */
export async function standingOf(ctx: Ctx, id: string) {
  const [row] = await selectStanding(ctx, { id });
  return row ?? null;
}

const selectForgotten = statement((db) =>
  db.select({ id: jobs.id, lane: jobs.lane, runAt: jobs.runAt }).from(jobs)
    .where(
      sql`state = 0 and ${jobs.lane} = ${p("lane")} and ${jobs.runAt} <= ${
        p("before")
      } and ${jobs.name} in (select value from json_each(${p("names")}))`,
    )
    .orderBy(asc(jobs.rank)).limit(p("limit")).prepare()
);

/** Jobs of the lane that were due by `before` and still wait, the longest waiting first. */
export async function forgottenOf(
  ctx: Ctx,
  { lane, before, names, limit }: { lane: Lane; before: number; names: readonly string[]; limit: number },
) {
  return await selectForgotten(ctx, { lane, before, names: JSON.stringify(names), limit });
}
