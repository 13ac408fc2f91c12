import { inArray, min, sql } from "drizzle-orm";
import { JOB_STATE, jobs, schedules } from "../../db/schema/jobs.ts";
import { taskSchedules } from "../../db/schema/schedules.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import { type Lane, LANES } from "../kernel/define-job.ts";

const p = sql.placeholder;
const given = (name: string) => sql<number>`${p(name)}`;
/** Rows of one sweep statement: about 2 ms of the writer. */
const BATCH = sql.raw("500");

/** When the sweeper is needed next; null: nothing of that kind waits. */
export interface Due {
  /** The earliest delayed job. */
  readonly delayed: number | null;
  /** The earliest end of a lease. */
  readonly lease: number | null;
  /** The earliest tick of a schedule of the system. */
  readonly tick: number | null;
  /** The earliest tick of a workspace's schedule. */
  readonly taskTick: number | null;
  /** Lanes in which something is ready. */
  readonly ready: readonly Lane[];
}

const isReady = (lane: Lane) => sql`exists (select 1 from jobs where state = 0 and lane = ${lane})`;

/** By rank: a walk along the index to its first row. */
const oldestOf = (lane: Lane) =>
  sql`(select run_at from jobs where state = 0 and lane = ${lane} order by rank limit 1)`;

const selectDue = statement((db) =>
  db.select({
    delayed: sql<number | null>`(${db.select({ at: min(jobs.runAt) }).from(jobs).where(sql`state = 1`)})`,
    lease: sql<number | null>`(${db.select({ at: min(jobs.lease) }).from(jobs).where(sql`state = 2`)})`,
    tick: sql<number | null>`(${
      db.select({ at: min(schedules.nextAt) }).from(schedules).where(sql`enabled = 1`)
    })`,
    taskTick: sql<number | null>`(${
      db.select({ at: min(taskSchedules.lookAt) }).from(taskSchedules).where(sql`look_at is not null`)
    })`,
    ready: sql<string>`json_array(${sql.join(LANES.map(isReady), sql`, `)})`,
  }).from(sql`(select 1)`).prepare()
);

/** One cheap read that says what there is to do, so that an idle process writes nothing. */
export async function whatIsDue(ctx: Ctx): Promise<Due> {
  const [row] = await selectDue(ctx);
  const ready: unknown = JSON.parse(row?.ready ?? "[]");
  return {
    delayed: row?.delayed ?? null,
    lease: row?.lease ?? null,
    tick: row?.tick ?? null,
    taskTick: row?.taskTick ?? null,
    ready: LANES.filter((_lane, index) => Array.isArray(ready) && ready[index] === 1),
  };
}

const selectOldest = statement((db) =>
  db.select({ oldest: sql<string>`json_array(${sql.join(LANES.map(oldestOf), sql`, `)})` })
    .from(sql`(select 1)`).prepare()
);

/** When the first in line of each lane was due; lanes in which nothing is ready are left out. */
export async function selectOldestReady(ctx: Ctx): Promise<ReadonlyMap<Lane, number>> {
  const [row] = await selectOldest(ctx);
  const oldest: unknown = JSON.parse(row?.oldest ?? "[]");
  return new Map(LANES.flatMap((lane, index) => {
    const at: unknown = Array.isArray(oldest) ? oldest[index] : null;
    return typeof at === "number" ? [[lane, at] as const] : [];
  }));
}

const promoteDue = statement((db) =>
  db.update(jobs).set({ state: JOB_STATE.ready }).where(inArray(
    jobs.id,
    sql`(select id from jobs where state = 1 and run_at <= ${p("now")} order by run_at limit ${BATCH})`,
  )).prepare()
);

/** Makes delayed jobs ready whose time has come; resolves to how many (at most 500 a call). */
export async function promoteDelayed(ctx: Ctx): Promise<number> {
  return (await promoteDue(ctx, { now: ctx.now() })).rowsAffected;
}

const died = {
  state: JOB_STATE.dead,
  lease: null,
  worker: null,
  fence: sql`${jobs.fence} + 1`,
  finishedAt: given("now"),
  lastError: sql<string>`'its process died or hung in each of ' || ${jobs.attempts} || ' attempts'`,
};
const tooOften = sql`attempts >= max(max_attempts, ${p("most")})`;

/**
 * Ready at once, for the first time. A job that has lost its process before may be what ends it: from then on the jobs
 * of such a process wait for times of their own, so that one of them does not take the others along until all are dead.
 */
const SPREAD_MS = sql.raw("2000");
const released = {
  // The trigger that writes attempts down knows a lost run by this text.
  lastError: "its process died or hung",
  state: sql<0 | 1>`case when ${jobs.attempts} > 1 then 1 else 0 end`,
  runAt: sql<number>`case when ${jobs.attempts} > 1
    then ${p("now")} + (abs(random()) % ${SPREAD_MS}) * (${jobs.attempts} - 1) else ${jobs.runAt} end`,
  lease: null,
  worker: null,
  fence: sql`${jobs.fence} + 1`,
};

const expired = sql`state = 2 and lease < ${p("now")}`;
const buryExpired = statement((db) =>
  db.update(jobs).set(died).where(inArray(
    jobs.id,
    sql`(select id from jobs where ${expired} and ${tooOften} order by lease limit ${BATCH})`,
  )).returning({ id: jobs.id, parentId: jobs.parentId }).prepare()
);
const releaseExpired = statement((db) =>
  db.update(jobs).set(released)
    .where(inArray(jobs.id, sql`(select id from jobs where ${expired} order by lease limit ${BATCH})`))
    .prepare()
);

export interface Reaped {
  readonly ready: number;
  /** They may have been waited for. */
  readonly dead: readonly { readonly id: string; readonly parentId: string | null }[];
}

/**
 * Takes jobs back whose lease ended: to run again, or dead when that happened in `mostAttempts` attempts (or in all
 * that the job has, if those are more). At most 500 of each a call.
 */
export async function reapExpired(ctx: Ctx, { mostAttempts }: { mostAttempts: number }): Promise<Reaped> {
  const now = ctx.now();
  const dead = await buryExpired(ctx, { now, most: mostAttempts });
  const ready = await releaseExpired(ctx, { now });
  return { ready: ready.rowsAffected, dead };
}

const held = sql`state = 2 and ${jobs.worker} = ${p("worker")}`;
const buryHeld = statement((db) =>
  db.update(jobs).set(died).where(sql`${held} and ${tooOften}`)
    .returning({ id: jobs.id, parentId: jobs.parentId }).prepare()
);
const releaseHeld = statement((db) => db.update(jobs).set(released).where(held).prepare());

/** The same with all that a worker of this name holds: for one whose life is surely over. */
export async function releaseHeldBy(
  ctx: Ctx,
  { worker, mostAttempts }: { worker: string; mostAttempts: number },
): Promise<Reaped> {
  const now = ctx.now();
  const dead = await buryHeld(ctx, { worker, now, most: mostAttempts });
  const ready = await releaseHeld(ctx, { worker, now });
  return { ready: ready.rowsAffected, dead };
}
