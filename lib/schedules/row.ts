import { iso, isoOrNull } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { WORKER_TYPE_NAMES, type WorkerType } from "../kernel/define-function.ts";
import { type Priority, PRIORITY_NAMES } from "../tasks/mod.ts";
import type { ScheduledTask } from "./keep.ts";
import type { ScheduleRow, TickRow } from "./store.ts";
import { ticksAfter, type Timing } from "./timing.ts";

/** The timing that a row holds. */
export function timingIn({ kind, cron, zone, everyMs, startsAt }: ScheduleRow): Timing {
  if (kind === "cron" && cron !== null) return { kind, cron, zone };
  if (kind === "once" && startsAt !== null) return { kind, zone, startsAt };
  if (kind === "interval" && startsAt !== null && everyMs !== null) return { kind, zone, startsAt, everyMs };
  throw new AppError("internal", `A schedule of the kind "${kind}" lacks what says when`);
}

/** What a row's ticks submit. */
export function taskIn({ functionName, args, priority, workerType }: ScheduleRow): ScheduledTask {
  return {
    functionName,
    args,
    priority: oneOf<Priority>(PRIORITY_NAMES, priority),
    workerType: workerType === null ? undefined : oneOf<WorkerType>(WORKER_TYPE_NAMES, workerType),
  };
}

function oneOf<T extends string>(names: readonly T[], name: string): T | undefined {
  return names.find((one) => one === name);
}

const SHOWN_TICKS = 10;

/** With its next ten ticks: none while it is disabled. */
export function toScheduleDto(row: ScheduleRow, now: number) {
  const { kind, startsAt } = row;
  return {
    id: row.id,
    name: row.name,
    kind,
    cron: row.cron,
    zone: row.zone,
    at: kind === "once" ? isoOrNull(startsAt) : null,
    every_ms: row.everyMs,
    overlap: row.overlap,
    catch_up: row.catchUp,
    catch_up_limit: row.catchUpLimit,
    function_name: row.functionName,
    args: row.args,
    priority: row.priority,
    worker_type: row.workerType,
    enabled: row.enabled,
    next_at: isoOrNull(row.nextAt),
    next_ticks: row.enabled ? ticksAfter(timingIn(row), now, SHOWN_TICKS).map(iso) : [],
    last_at: isoOrNull(row.lastAt),
    created_by: row.createdBy,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export function toTickDto(row: TickRow) {
  return {
    id: row.id,
    schedule_id: row.scheduleId,
    due_at: iso(row.dueAt),
    manual: row.manual,
    outcome: row.outcome,
    count: row.count,
    task_id: row.taskId,
    reason: row.reason,
    created_at: iso(row.createdAt),
  };
}
