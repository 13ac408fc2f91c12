import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { checkOrder, submitterOf, type TaskOrder } from "../tasks/mod.ts";
import { lookFor } from "./policy.ts";
import { taskIn, timingIn } from "./row.ts";
import type { CatchUp, Overlap } from "./schemas.ts";
import {
  countSchedules,
  deleteSchedule,
  insertSchedule,
  type ScheduleRow,
  selectSchedule,
  selectSchedules,
  selectWaiting,
  updateSchedule,
} from "./store.ts";
import { nextTickOf, type Timing, timingOf, type WantedTiming } from "./timing.ts";

export interface WantedSchedule {
  readonly name: string;
  readonly timing: WantedTiming;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  readonly catchUpLimit: number;
  readonly task: ScheduledTask;
  readonly enabled: boolean;
}

/** What each tick submits. */
export type ScheduledTask =
  & Required<Pick<TaskOrder, "functionName" | "args">>
  & Pick<TaskOrder, "priority" | "workerType">;

const MOST_SCHEDULES = 1000;
/** Arguments are copied to the task of each tick, within the tick's commit. */
const MOST_ARGS_CHARS = 16 * 1024;

/**
 * Makes a schedule; its tasks run as who made it. Throws 422 for a cron that never comes, an unknown zone, a time in
 * the past or beyond a year, and for a task that could not be submitted.
 */
export async function createSchedule(ctx: Ctx, wanted: WantedSchedule): Promise<ScheduleRow> {
  requireScope(ctx, "schedules:write");
  const judged = judge(ctx, wanted.timing);
  checkTask(ctx, wanted.task);
  return await ctx.transact(async (tx) => {
    if (await countSchedules(tx) >= MOST_SCHEDULES) {
      throw new AppError("conflict", `A workspace has ${MOST_SCHEDULES} schedules at most`);
    }
    const row = newRow(tx, wanted, judged);
    await insertSchedule(tx, row);
    await tell(tx, row, "create");
    return row;
  });
}

interface Judged {
  readonly timing: Timing;
  readonly firstAt: number | null;
}

/** Its first tick is that of the moment at which it was taken as one to come: the time may be there when it is written. */
function judge(ctx: Ctx, wanted: WantedTiming): Judged {
  const now = ctx.now();
  const timing = timingOf(wanted, now);
  return { timing, firstAt: nextTickOf(timing, now) };
}

function newRow(tx: Tx, wanted: WantedSchedule, { timing, firstAt }: Judged): ScheduleRow {
  const now = tx.now();
  const nextAt = wanted.enabled ? firstAt : null;
  return {
    id: newId("schedule"),
    workspaceId: tx.workspaceId,
    name: wanted.name,
    ...columnsOf(timing),
    overlap: wanted.overlap,
    catchUp: wanted.catchUp,
    catchUpLimit: wanted.catchUpLimit,
    ...taskColumns(wanted.task),
    enabled: wanted.enabled,
    nextAt,
    lookAt: nextAt,
    lastAt: null,
    createdBy: submitterOf(tx.actor),
    createdAt: now,
    updatedAt: now,
  };
}

/** Throws 422 for what could not be submitted, 403 without the scopes that its task needs. */
function checkTask(ctx: Ctx, task: ScheduledTask): void {
  requireScope(ctx, "tasks:write");
  checkOrder(ctx, task);
  const length = JSON.stringify(task.args).length;
  if (length <= MOST_ARGS_CHARS) return;
  throw new AppError(
    "payload_too_large",
    `The arguments of a schedule are at most ${MOST_ARGS_CHARS} characters of JSON`,
  );
}

function columnsOf(timing: Timing): Pick<ScheduleRow, "kind" | "cron" | "zone" | "everyMs" | "startsAt"> {
  const { kind, zone } = timing;
  return {
    kind,
    zone,
    cron: timing.kind === "cron" ? timing.cron : null,
    everyMs: timing.kind === "interval" ? timing.everyMs : null,
    startsAt: timing.kind === "cron" ? null : timing.startsAt,
  };
}

function taskColumns({ functionName, args, priority = "NORMAL", workerType }: ScheduledTask) {
  return { functionName, args, priority, workerType: workerType ?? null };
}

async function tell(tx: Tx, { id, name }: ScheduleRow, verb: keyof typeof PAST): Promise<void> {
  await emit(tx, { type: `schedule.${PAST[verb]}`, subjectId: id, data: { name } });
  await audit(tx, { action: `schedule.${verb}`, subjectId: id, detail: { name } });
}

const PAST = {
  create: "created",
  change: "changed",
  enable: "enabled",
  disable: "disabled",
  delete: "deleted",
} as const;

export interface ScheduleQuery extends PageRequest {
  readonly enabled?: boolean | undefined;
  /** Of the tasks that they submit. */
  readonly functionName?: string | undefined;
}

/** Newest first. */
export async function listTaskSchedules(
  ctx: Ctx,
  { limit, cursor, enabled, functionName }: ScheduleQuery,
): Promise<Page<ScheduleRow>> {
  requireScope(ctx, "schedules:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectSchedules(ctx, { enabled, functionName, before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: (row) => row });
}

export async function getSchedule(ctx: Ctx, { id }: { id: string }): Promise<ScheduleRow> {
  requireScope(ctx, "schedules:read");
  return await load(ctx, id);
}

export async function load(at: Ctx, id: string): Promise<ScheduleRow> {
  const row = await selectSchedule(at, id);
  if (row === null) throw notFound("schedule", id);
  return row;
}

export interface ScheduleChange {
  readonly id: string;
  readonly name?: string | undefined;
  /** Wholly new; its ticks count from now. */
  readonly timing?: WantedTiming | undefined;
  readonly overlap?: Overlap | undefined;
  readonly catchUp?: CatchUp | undefined;
  readonly catchUpLimit?: number | undefined;
  /** What is left out of it stays. */
  readonly task?: { readonly [K in keyof ScheduledTask]?: ScheduledTask[K] | undefined } | undefined;
}

/** Changes what is named. Whoever changes what it submits becomes the one as whom it runs. */
export async function changeSchedule(
  ctx: Ctx,
  { id, timing: wanted, task, ...plain }: ScheduleChange,
): Promise<ScheduleRow> {
  requireScope(ctx, "schedules:write");
  const known = await load(ctx, id);
  const judged = wanted === undefined ? null : judge(ctx, wanted);
  const whole = task === undefined ? null : { ...taskIn(known), ...defined(task) };
  if (whole !== null) checkTask(ctx, whole);
  return await ctx.transact(async (tx) => {
    const row = await load(tx, id);
    const nextAt = judged !== null && row.enabled ? judged.firstAt : null;
    const change = {
      ...defined(plain),
      ...(judged === null
        ? {}
        : { ...columnsOf(judged.timing), nextAt, lookAt: await lookAtOf(tx, id, nextAt) }),
      ...(whole === null ? {} : { ...taskColumns(whole), createdBy: submitterOf(tx.actor) }),
      updatedAt: tx.now(),
    };
    await updateSchedule(tx, id, change);
    const after = { ...row, ...change };
    await tell(tx, after, "change");
    return after;
  });
}

async function lookAtOf(tx: Tx, id: string, nextAt: number | null): Promise<number | null> {
  const { length: waiting } = await selectWaiting(tx, id);
  return lookFor({ nextAt, waiting, now: tx.now() });
}

function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** From now on it ticks again; what would have ticked while it was off is not made up for. 409 for a one-off that is over. */
export async function enableSchedule(ctx: Ctx, { id }: { id: string }): Promise<ScheduleRow> {
  return await turn(ctx, { id, enabled: true });
}

/** No tick comes until it is enabled; ticks that wait for the task of an earlier one still have their turn. */
export async function disableSchedule(ctx: Ctx, { id }: { id: string }): Promise<ScheduleRow> {
  return await turn(ctx, { id, enabled: false });
}

async function turn(ctx: Ctx, { id, enabled }: { id: string; enabled: boolean }): Promise<ScheduleRow> {
  requireScope(ctx, "schedules:write");
  return await ctx.transact(async (tx) => {
    const row = await load(tx, id);
    if (row.enabled === enabled) return row;
    const now = tx.now();
    const nextAt = enabled ? nextTickOf(timingIn(row), now) : null;
    if (enabled && nextAt === null) {
      throw new AppError("conflict", "Its time has passed: change its timing, then enable it");
    }
    const change = { enabled, nextAt, lookAt: await lookAtOf(tx, id, nextAt), updatedAt: now };
    await updateSchedule(tx, id, change);
    await tell(tx, row, enabled ? "enable" : "disable");
    return { ...row, ...change };
  });
}

/** Forgets it and its ticks. Tasks that it has submitted go on. */
export async function removeSchedule(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "schedules:write");
  await ctx.transact(async (tx) => {
    const row = await load(tx, id);
    await deleteSchedule(tx, id);
    await tell(tx, row, "delete");
  });
}
