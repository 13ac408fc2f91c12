import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { actorFrom } from "../identity/mod.ts";
import { requireScope, systemActor } from "../kernel/actors.ts";
import { AppError, ERRORS, messageOf } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { cancelTask, submitTask } from "../tasks/mod.ts";
import { load } from "./keep.ts";
import { decide, type Decision, lookFor, MOST_WAITING, planDue, TRY_AGAIN_MS } from "./policy.ts";
import { taskIn, timingIn } from "./row.ts";
import type { TickOutcome } from "./schemas.ts";
import {
  delayLook,
  insertTick,
  isTicked,
  type ScheduleRow,
  selectDue,
  selectOpenTasks,
  selectSchedule,
  selectTicks,
  selectWaiting,
  type TickRow,
  updateSchedule,
  updateTick,
} from "./store.ts";

const SYSTEM = systemActor("schedules");
/** Schedules that one turn of the ticker looks at. */
const TURN = 200;

export interface TurnOfTicks {
  /** Schedules that were looked at. */
  readonly looked: number;
  /** Others may be due: look again at once. */
  readonly more: boolean;
}

/**
 * Ticks every schedule of every workspace that is due, each in a commit of its own: what the tick submits, what became
 * of it, and when the next one comes are one, so a restart neither repeats nor misses a tick, however many processes
 * look. A tick that can't be submitted is written down as failed.
 */
export async function tickTaskSchedules(ctx: Ctx): Promise<TurnOfTicks> {
  requireScope(ctx, "platform:write");
  const due = await selectDue(ctx, TURN);
  let dealtWith = 0;
  for (const { id, workspaceId } of due) {
    const inside = ctx.as({ workspaceId, actor: SYSTEM });
    try {
      await tickOne(inside, id);
      dealtWith++;
    } catch (error) {
      ctx.ports.log.log("error", "A schedule could not tick", { schedule: id, error: messageOf(error) });
      if (await putOff(inside, id)) dealtWith++;
    }
  }
  return { looked: due.length, more: due.length === TURN && dealtWith > 0 };
}

/** Its tick is tried again, behind those that are due: else a turn of such schedules would keep all others waiting. */
async function putOff(ctx: Ctx, id: string): Promise<boolean> {
  try {
    await ctx.transact((tx) => delayLook(tx, id, tx.now() + TRY_AGAIN_MS));
    return true;
  } catch {
    return false;
  }
}

const MOST_TURNS = 10;

/** The same where no process stays to look again: turn by turn, up to 2,000. Resolves to how many were looked at. */
export async function tickInTurns(ctx: Ctx): Promise<number> {
  let all = 0;
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const { looked, more } = await tickTaskSchedules(ctx);
    all += looked;
    if (!more) break;
  }
  return all;
}

async function tickOne(ctx: Ctx, id: string): Promise<void> {
  await ctx.transact(async (tx) => {
    const row = await selectSchedule(tx, id);
    const now = tx.now();
    if (row === null || row.lookAt === null || row.lookAt > now) return;
    const state = { open: await selectOpenTasks(tx, id), waiting: await selectWaiting(tx, id) };
    await release(tx, row, state);
    let { nextAt, lastAt } = row;
    if (nextAt !== null && nextAt <= now) {
      const { catchUp, catchUpLimit: limit } = row;
      const plan = planDue({ timing: timingIn(row), nextAt, now, catchUp, limit });
      const fresh = async (dueAt: number) => !await isTicked(tx, { scheduleId: id, dueAt });
      if (plan.missed !== null && await fresh(plan.missed.lastAt)) {
        const { count, lastAt: dueAt } = plan.missed;
        await write(tx, row, { dueAt, outcome: "missed", count, reason: "nobody was there for it" });
      }
      for (const dueAt of plan.run) {
        if (await fresh(dueAt)) await act(tx, row, { dueAt, manual: false, state });
      }
      lastAt = plan.run.at(-1) ?? lastAt;
      nextAt = plan.nextAt;
    }
    const lookAt = lookFor({ nextAt, waiting: state.waiting.length, now });
    await updateSchedule(tx, id, { nextAt, lastAt, lookAt });
  });
}

interface State {
  /** Tasks of earlier ticks that have not ended. */
  open: string[];
  /** Ticks that wait for these. */
  waiting: TickRow[];
}

/** The first tick that waits has its turn, once nothing of before runs. */
async function release(tx: Tx, row: ScheduleRow, state: State): Promise<void> {
  if (state.open.length > 0) return;
  const first = state.waiting.shift();
  if (first === undefined) return;
  const { outcome, taskId, reason } = await submit(tx, row);
  if (taskId !== null) state.open.push(taskId);
  await updateTick(tx, first.id, { outcome, taskId, reason });
}

/** One tick, by the rule for tasks of earlier ones. */
async function act(
  tx: Tx,
  row: ScheduleRow,
  { dueAt, manual, state }: { dueAt: number; manual: boolean; state: State },
): Promise<TickRow> {
  const decision = decide({ overlap: row.overlap, open: state.open.length, waiting: state.waiting.length });
  const refused = REFUSED[decision];
  if (refused !== undefined) {
    const tick = await write(tx, row, { dueAt, manual, ...refused });
    if (tick.outcome === "waiting") state.waiting.push(tick);
    return tick;
  }
  const replaced = decision === "replace" ? state.open.splice(0) : [];
  const system = tx.as({ actor: SYSTEM });
  for (const taskId of replaced) await cancelTask(system, { id: taskId });
  const done = await submit(tx, row);
  if (done.taskId !== null) state.open.push(done.taskId);
  const reason = replaced.length > 0 ? `in place of ${replaced.join(", ")}` : null;
  return await write(tx, row, { dueAt, manual, ...done, reason: done.reason ?? reason });
}

const REFUSED: Partial<Record<Decision, { outcome: TickOutcome; reason: string }>> = {
  skip: { outcome: "skipped", reason: "the task of an earlier tick has not ended" },
  wait: { outcome: "waiting", reason: "the task of an earlier tick has not ended" },
  full: { outcome: "skipped", reason: `${MOST_WAITING} ticks wait already` },
};

type Submitted = Pick<TickRow, "outcome" | "taskId" | "reason">;

/** Submits the task as who made the schedule. What can't be submitted is no reason to try the tick again. */
async function submit(tx: Tx, row: ScheduleRow): Promise<Submitted> {
  try {
    const actor = await actorFrom(tx, row.createdBy);
    const { task_id } = await submitTask(tx.as({ actor }), taskIn(row));
    return { outcome: "submitted", taskId: task_id, reason: null };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || ERRORS[thrown.code].status >= 500) throw thrown;
    return { outcome: "failed", taskId: null, reason: thrown.message.slice(0, 500) };
  }
}

async function write(
  tx: Tx,
  { id: scheduleId, name }: ScheduleRow,
  tick: Pick<TickRow, "dueAt" | "outcome"> & Partial<TickRow>,
): Promise<TickRow> {
  const row: TickRow = {
    manual: false,
    count: 1,
    taskId: null,
    reason: null,
    ...tick,
    id: newId("tick"),
    workspaceId: tx.workspaceId,
    scheduleId,
    createdAt: tx.now(),
  };
  await insertTick(tx, row);
  const data = { name, outcome: row.outcome, task_id: row.taskId, count: row.count };
  await emit(tx, { type: "schedule.ticked", subjectId: scheduleId, data });
  return row;
}

/**
 * A tick on demand, beside those of the clock. It keeps to the overlap rule: 409 where that is to skip it. Throws 422
 * or 403 where its task can't be submitted.
 */
export async function runNow(ctx: Ctx, { id }: { id: string }): Promise<TickRow> {
  requireScope(ctx, "schedules:write");
  return await ctx.transact(async (tx) => {
    const row = await load(tx, id);
    const state = { open: await selectOpenTasks(tx, id), waiting: await selectWaiting(tx, id) };
    const tick = await act(tx, row, { dueAt: tx.now(), manual: true, state });
    const reason = tick.reason ?? "";
    if (tick.outcome === "skipped") {
      throw new AppError("conflict", `It can't run now: ${reason}`, { extra: { open: state.open } });
    }
    if (tick.outcome === "failed") throw new AppError("conflict", `Its task can't be submitted: ${reason}`);
    const lookAt = lookFor({ nextAt: row.nextAt, waiting: state.waiting.length, now: tx.now() });
    await updateSchedule(tx, id, { lookAt });
    await audit(tx, {
      action: "schedule.run",
      subjectId: id,
      detail: { name: row.name, task_id: tick.taskId },
    });
    return tick;
  });
}

/** What became of its ticks, the newest first. */
export async function listTicks(
  ctx: Ctx,
  { id, limit, cursor }: PageRequest & { id: string },
): Promise<Page<TickRow>> {
  requireScope(ctx, "schedules:read");
  await load(ctx, id);
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectTicks(ctx, { scheduleId: id, before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: (row) => row });
}
