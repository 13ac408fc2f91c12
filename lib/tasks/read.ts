import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { type FunctionFacts, WORKER_TYPES, type WorkerType } from "../kernel/define-function.ts";
import { notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { jobNameOf } from "./policy.ts";
import { type Task, toTask } from "./present.ts";
import type { TaskState } from "./schemas.ts";
import { selectTask, selectTasks, type TaskRow } from "./store.ts";
import { asStored, load } from "./stored.ts";

export interface TaskDetail extends Task {
  readonly args: unknown;
}

/** One task with its arguments and its whole result. Throws 404. */
export async function getTask(ctx: Ctx, { id }: { id: string }): Promise<TaskDetail> {
  requireScope(ctx, "tasks:read");
  const row = await selectTask(ctx, id);
  if (row === null) throw notFound("task", id);
  const [args, result] = await Promise.all([loaded(ctx, row.payload), loaded(ctx, row.result)]);
  return { ...toTask(row), args, result };
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

/** Tasks of the workspace, newest first. */
export async function listTasks(ctx: Ctx, query: TaskQuery): Promise<Page<Task>> {
  requireScope(ctx, "tasks:read");
  const { limit, cursor, state, functionName, workerType } = query;
  const rows = await selectTasks(ctx, {
    state,
    name: functionName === undefined ? undefined : jobNameOf(functionName),
    lane: workerType === undefined ? undefined : WORKER_TYPES[workerType],
    before: cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]),
    limit: limit + 1,
  });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: toTask });
}

/** The functions that tasks can call here. */
export function listFunctions(ctx: Ctx): readonly FunctionFacts[] {
  requireScope(ctx, "tasks:read");
  return ctx.ports.functions.all;
}
