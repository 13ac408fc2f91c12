import type { Ctx } from "../context.ts";
import { JOB_STATE } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import { type FunctionFacts, WORKER_TYPES, type WorkerType } from "../kernel/define-function.ts";
import { notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { jobNameOf, taskStateOf } from "./policy.ts";
import { type Task, toTask } from "./present.ts";
import type { TaskState } from "./schemas.ts";
import { selectAttempts, selectChildren, selectTask, selectTasks, type TaskRow } from "./store.ts";
import { asStored, load } from "./stored.ts";
import { type Waiting, waitingOf } from "./waiting.ts";

/** One run of a task. */
export interface Attempt {
  readonly number: number;
  /** `running`, `done`, `failed` (tried again), `put_off`, `lost` (its worker died), `dead`, `cancelled`. */
  readonly outcome: string;
  readonly worker: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly error: string | null;
}

export interface Moment {
  readonly at: string;
  readonly what: string;
}

export interface TaskDetail extends Task {
  readonly args: unknown;
  readonly waiting_for: Waiting | null;
  readonly tries: Attempt[];
  readonly timeline: Moment[];
  /** Of a task that waits or waited for others. */
  readonly children_left: number | null;
}

/** One task with its arguments, its whole result, its attempts and why it has not started. Throws 404. */
export async function getTask(ctx: Ctx, { id }: { id: string }): Promise<TaskDetail> {
  requireScope(ctx, "tasks:read");
  const row = await selectTask(ctx, id);
  if (row === null) throw notFound("task", id);
  return await detailOf(ctx, row);
}

export async function detailOf(ctx: Ctx, row: TaskRow): Promise<TaskDetail> {
  const [args, result, attempts] = await Promise.all([
    loaded(ctx, row.payload),
    loaded(ctx, row.result),
    selectAttempts(ctx, row.id),
  ]);
  const waiting = await waitingOf(ctx, row, attempts);
  const tries = [
    ...attempts.map(({ number, outcome, worker, startedAt, endedAt, error }) => ({
      number,
      outcome,
      worker,
      started_at: isoOrNull(startedAt),
      ended_at: iso(endedAt),
      error,
    })),
    ...present(row),
  ];
  return {
    ...toTask(row),
    args,
    result,
    waiting_for: waiting,
    tries,
    timeline: timelineOf(row, tries),
    children_left: row.childrenLeft,
  };
}

/** The run that goes on, or the one that went well: neither is written down by itself. */
function present(row: TaskRow): Attempt[] {
  const running = row.state === JOB_STATE.leased;
  if (!running && row.state !== JOB_STATE.done) return [];
  return [{
    number: row.attempts,
    outcome: running ? "running" : "done",
    worker: row.worker,
    started_at: isoOrNull(row.startedAt),
    ended_at: isoOrNull(row.finishedAt),
    error: null,
  }];
}

function timelineOf(row: TaskRow, tries: readonly Attempt[]): Moment[] {
  const moments: Moment[] = [{ at: iso(row.createdAt), what: "submitted" }];
  for (const { number, outcome, started_at, ended_at, error } of tries) {
    if (started_at !== null) moments.push({ at: started_at, what: `attempt ${number} started` });
    if (ended_at === null || outcome === "done") continue;
    const why = error === null ? "" : `: ${error}`;
    moments.push({ at: ended_at, what: `attempt ${number} ended, ${outcome}${why}` });
  }
  if (row.finishedAt !== null) moments.push({ at: iso(row.finishedAt), what: taskStateOf(row) });
  return moments;
}

async function loaded(ctx: Ctx, column: TaskRow["payload"]): Promise<unknown> {
  const stored = asStored(column);
  return stored === null ? null : await load(ctx, stored);
}

export interface TaskQuery extends PageRequest {
  readonly state?: TaskState | undefined;
  readonly functionName?: string | undefined;
  readonly workerType?: WorkerType | undefined;
}

/** Tasks of the workspace, newest first. A page of few that fit may be short, or empty, and yet have one after it. */
export async function listTasks(ctx: Ctx, query: TaskQuery): Promise<Page<Task>> {
  requireScope(ctx, "tasks:read");
  const { limit, cursor, state, functionName, workerType } = query;
  const { rows, lookedTo } = await selectTasks(ctx, {
    state,
    name: functionName === undefined ? undefined : jobNameOf(functionName),
    lane: workerType === undefined ? undefined : WORKER_TYPES[workerType],
    before: cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]),
    limit: limit + 1,
  });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: toTask, lookedTo });
}

/** The tasks that a task waits or waited for, in the order of their submission. Throws 404. */
export async function listChildren(
  ctx: Ctx,
  { id, limit, cursor }: PageRequest & { id: string },
): Promise<Page<Task>> {
  requireScope(ctx, "tasks:read");
  if (await selectTask(ctx, id) === null) throw notFound("task", id);
  const after = cursor === undefined ? {} : { after: String(decodeCursor(cursor, 1)[0]) };
  const rows = await selectChildren(ctx, { parentId: id, limit: limit + 1, ...after });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: toTask });
}

/** The functions that tasks can call here. */
export function listFunctions(ctx: Ctx): readonly FunctionFacts[] {
  requireScope(ctx, "tasks:read");
  return ctx.ports.functions.all;
}
