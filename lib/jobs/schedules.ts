import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { JobDefinition } from "../kernel/define-job.ts";
import { type CronTimes, nextOf } from "./cron.ts";
import { enqueue } from "./enqueue.ts";
import {
  disableOthers,
  insertSchedule,
  type ScheduleRow,
  selectDueSchedules,
  selectSchedules,
  updateSchedule,
} from "./schedule-store.ts";

/** A recurring job of the platform. */
export interface Schedule extends CronTimes {
  readonly name: string;
  readonly job: JobDefinition;
  readonly payload: unknown;
}

export function defineSchedule<T>(
  schedule: { name: string; cron: string; zone?: string; job: JobDefinition<T>; payload: T },
): Schedule {
  const { name, cron, zone = "UTC", job, payload } = schedule;
  nextTick({ cron, zone }, 0); // a wrong pattern or zone fails where it is written
  return { name, cron, zone, payload, job: asErased(job) };
}

/** A definition is only asked to parse payloads of its own kind, so forgetting that kind is safe. */
function asErased<T>(job: JobDefinition<T>): JobDefinition {
  return job as unknown as JobDefinition;
}

/** The first tick after `after` (UTC milliseconds). Throws for a pattern that never comes, or a zone that is none. */
export function nextTick({ cron, zone }: CronTimes, after: number): number {
  const next = nextOf({ cron, zone }, after);
  if (next === null) throw new Error(`The schedule "${cron}" (${zone}) has no next tick`);
  return next;
}

/**
 * Brings the rows in line with the definitions. A row keeps its next tick, also one that has passed, unless its
 * cron or zone changed; rows without a definition are switched off.
 */
export async function syncSchedules(ctx: Ctx, definitions: readonly Schedule[]): Promise<void> {
  requireScope(ctx, "platform:write");
  const now = ctx.now();
  await ctx.transact(async (tx) => {
    const rows = new Map((await selectSchedules(tx)).map((row) => [row.name, row]));
    for (const { name, cron, zone, job, payload } of definitions) {
      const row = rows.get(name);
      const wanted = { cron, zone, job: job.name, payload, enabled: true };
      if (row === undefined) {
        await insertSchedule(tx, { name, ...wanted, nextAt: nextTick({ cron, zone }, now) });
      } else if (changed(row, wanted)) {
        const sameTimes = row.enabled && row.cron === cron && row.zone === zone;
        await updateSchedule(
          tx,
          name,
          sameTimes ? wanted : { ...wanted, nextAt: nextTick({ cron, zone }, now) },
        );
      }
    }
    await disableOthers(tx, definitions.map(({ name }) => name));
  });
}

function changed(
  row: ScheduleRow,
  wanted: Pick<ScheduleRow, "cron" | "zone" | "job" | "payload" | "enabled">,
): boolean {
  return !row.enabled || row.cron !== wanted.cron || row.zone !== wanted.zone || row.job !== wanted.job ||
    JSON.stringify(row.payload) !== JSON.stringify(wanted.payload);
}

/**
 * Enqueues the job of every schedule that is due and moves its next tick, in one commit: no restart and no second
 * process repeats or misses a tick. However many were missed, one job makes up for them. Resolves to the names.
 */
export async function tickSchedules(ctx: Ctx, definitions: readonly Schedule[]): Promise<string[]> {
  requireScope(ctx, "platform:write");
  if (definitions.length === 0) return [];
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  return await ctx.transact(async (tx) => {
    const due = await selectDueSchedules(tx, [...byName.keys()]);
    for (const row of due) {
      const definition = byName.get(row.name);
      if (definition === undefined) continue;
      await enqueue(tx, definition.job, definition.payload, { key: `${row.name}@${row.nextAt}` });
      await updateSchedule(tx, row.name, { lastAt: row.nextAt, nextAt: nextTick(row, tx.now()) });
    }
    return due.map(({ name }) => name);
  });
}

/** All schedules with their next and last ticks. */
export async function listSchedules(ctx: Ctx): Promise<ScheduleRow[]> {
  requireScope(ctx, "platform:read");
  return await selectSchedules(ctx);
}
