import type { Ctx, Tx } from "../context.ts";
import { deleteEvents } from "../events/mod.ts";
import { pruneIdempotencyKeys } from "../idempotency/mod.ts";
import { pruneJobs } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { pruneTicks } from "../schedules/mod.ts";
import { pruneUsageCounters } from "../usage/mod.ts";
import { DAY, HOUR } from "../kernel/clock.ts";
import { freePages, releasePages } from "./store.ts";

/** How long what nobody needs any more is kept, counted from its end. Domains sweep their own rows besides. */
export const RETENTION = {
  jobsDoneMs: DAY,
  jobsDeadMs: 30 * DAY,
  jobsRows: 250_000,
  eventsMs: 90 * DAY,
  idempotencyMs: 24 * HOUR,
  scheduleTicksMs: 30 * DAY,
} as const;

/** Rows of one transaction: others wait for it. */
const BATCH = 1000;
/** Free pages that stay in the file, for what is written next. */
const SPARE_PAGES = 1000;
const PAGES_PER_TURN = 500;
const MOST_TURNS = 200;

export interface RetentionReport {
  /** Rows deleted, by table. */
  readonly deleted: Readonly<Record<string, number>>;
  /** Pages given back to the disk. */
  readonly pages: number;
}

/** Deletes what has outlived its use, in short transactions, then shrinks the file. Stops when `ctx.signal` says so. */
export async function applyRetention(ctx: Ctx): Promise<RetentionReport> {
  requireScope(ctx, "platform:write");
  const now = ctx.now();
  const { eventsMs, idempotencyMs, scheduleTicksMs } = RETENTION;
  const deleted = {
    jobs: await pruneEnded(ctx),
    events: await inTurns(ctx, (tx) => deleteEvents(tx, { before: now - eventsMs, limit: BATCH })),
    idempotency_keys: await inTurns(
      ctx,
      (tx) => pruneIdempotencyKeys(tx, { before: now - idempotencyMs, limit: BATCH }),
    ),
    schedule_ticks: await inTurns(
      ctx,
      (tx) => pruneTicks(tx, { before: now - scheduleTicksMs, limit: BATCH }),
    ),
    usage_counters: await pruneUsageCounters(ctx),
  };
  return { deleted, pages: await shrink(ctx) };
}

/** The same for jobs alone: where thousands end in a second, a day is too long to wait. */
export async function applyJobRetention(
  ctx: Ctx,
  { keepRows = RETENTION.jobsRows }: { keepRows?: number } = {},
): Promise<RetentionReport> {
  requireScope(ctx, "platform:write");
  return { deleted: { jobs: await pruneEnded(ctx, keepRows) }, pages: await shrink(ctx) };
}

async function pruneEnded(ctx: Ctx, keepRows: number = RETENTION.jobsRows): Promise<number> {
  const { jobsDoneMs: keepDoneMs, jobsDeadMs: keepDeadMs } = RETENTION;
  return await pruneJobs(ctx, { keepDoneMs, keepDeadMs, keepRows });
}

async function inTurns(ctx: Ctx, turn: (tx: Tx) => Promise<number>): Promise<number> {
  let all = 0;
  for (let rows = BATCH; rows === BATCH; all += rows) {
    ctx.signal?.throwIfAborted();
    rows = await ctx.transact(turn);
  }
  return all;
}

async function shrink(ctx: Ctx): Promise<number> {
  if (ctx.ports.database.kind !== "file") return 0;
  const before = await freePages(ctx);
  let free = before;
  for (let turn = 0; turn < MOST_TURNS && free > SPARE_PAGES; turn++) {
    ctx.signal?.throwIfAborted();
    await releasePages(ctx, Math.min(PAGES_PER_TURN, free - SPARE_PAGES));
    const left = await freePages(ctx);
    if (left >= free) break; // an older file without incremental vacuum
    free = left;
  }
  return before - free;
}
