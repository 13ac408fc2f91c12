import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { JOB_STATE } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { deleteDead, reviveMany, reviveOne } from "./dead-store.ts";
import { functionNameOf, jobNameOf, taskStateOf } from "./policy.ts";
import { type Task, toTask } from "./present.ts";
import { detailOf, type TaskDetail } from "./read.ts";
import { PRIORITIES, type Priority, TASK_LIMITS } from "./schemas.ts";
import { selectDeadTasks, selectTask, type TaskRow } from "./store.ts";
import { dropStored } from "./stored.ts";
import { checkArgs, findFunction, formOf, keepArgs, submitterOf, wakeFor, withStored } from "./submit.ts";

/** Tasks that failed for good, newest first. */
export async function listDeadTasks(
  ctx: Ctx,
  { limit, cursor, functionName }: PageRequest & { functionName?: string | undefined },
): Promise<Page<Task>> {
  requireScope(ctx, "tasks:read");
  const rows = await selectDeadTasks(ctx, {
    name: functionName === undefined ? null : jobNameOf(functionName),
    before: cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]),
    limit: limit + 1,
  });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: toTask });
}

/** Throws 404 also for a task that is no dead letter. */
export async function getDeadTask(ctx: Ctx, { id }: { id: string }): Promise<TaskDetail> {
  requireScope(ctx, "tasks:read");
  const row = await selectTask(ctx, id);
  if (row === null || row.state !== JOB_STATE.dead) throw notFound("dead letter", id);
  return await detailOf(ctx, row);
}

export interface DeadRetry {
  readonly id: string;
  /** In place of what it was submitted with. */
  readonly args?: unknown;
  readonly priority?: Priority | undefined;
  readonly maxAttempts?: number | undefined;
}

/** Starts a dead letter over with all its attempts, and what was mended of it. Throws 404, 409, and 422 for the arguments. */
export async function retryDeadTask(ctx: Ctx, { id, args, priority, maxAttempts }: DeadRetry): Promise<Task> {
  requireScope(ctx, "tasks:write");
  const row = await deadLetter(ctx, id);
  const facts = findFunction(ctx, functionNameOf(row.name), "function_name");
  if (facts.scope !== null) requireScope(ctx, facts.scope);
  const mendedArgs = args === undefined ? undefined : formOf(facts, args);
  if (mendedArgs !== undefined) checkArgs(facts, mendedArgs, "args");
  const payload = mendedArgs === undefined ? undefined : await keepArgs(ctx, id, mendedArgs);
  const mended = {
    // With other arguments it is another order: it runs as who gave it, not as who submitted the first one.
    ...(payload === undefined ? {} : { payload, submittedBy: submitterOf(ctx.actor) }),
    ...(priority === undefined ? {} : { priority: PRIORITIES[priority] }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  };
  const kept = payload === undefined ? [] : [{ payload }];
  const revived = await withStored(ctx, kept, (inside) =>
    inside.transact(async (tx) => {
      if (!await reviveOne(tx, id, mended)) throw noDeadLetter(row);
      const data = { name: functionNameOf(row.name), edited: args !== undefined };
      await emit(tx, { type: "task.redriven", subjectId: id, data });
      await audit(tx, { action: "task.redrive", subjectId: id, detail: data });
      wakeFor(tx, [{ id, lane: row.lane, runAt: tx.now() }]);
      return toTask(await selectTask(tx, id) ?? row);
    }));
  if (payload !== undefined) await dropStored(ctx, [row.payload]);
  return revived;
}

async function deadLetter(ctx: Ctx, id: string): Promise<TaskRow> {
  const row = await selectTask(ctx, id);
  if (row === null) throw notFound("dead letter", id);
  if (row.state !== JOB_STATE.dead) throw noDeadLetter(row);
  return row;
}

function noDeadLetter(row: TaskRow): AppError {
  return new AppError("conflict", `The task is ${taskStateOf(row)}: it is no dead letter`);
}

/** Starts over those that are named, or all of a function, or all; at most 10,000 a call. */
export async function redriveDeadTasks(
  ctx: Ctx,
  { ids = null, functionName, limit = TASK_LIMITS.batch }: {
    ids?: readonly string[] | null | undefined;
    functionName?: string | undefined;
    limit?: number | undefined;
  },
): Promise<{ redriven: number }> {
  requireScope(ctx, "tasks:write");
  const name = functionName === undefined ? null : jobNameOf(functionName);
  return await ctx.transact(async (tx) => {
    const revived = await reviveMany(tx, { ids, name, limit });
    const data = { count: revived.length, function_name: functionName ?? null };
    if (revived.length > 0) {
      await emit(tx, { type: "tasks.redriven", subjectId: tx.workspaceId, data });
      await audit(tx, { action: "tasks.redrive", detail: data });
    }
    wakeFor(tx, revived.map((one) => ({ ...one, runAt: tx.now() })));
    return { redriven: revived.length };
  });
}

/** Deletes a dead letter and what was stored of it. Throws 404 and 409. */
export async function discardDeadTask(ctx: Ctx, { id }: { id: string }): Promise<void> {
  requireScope(ctx, "tasks:write");
  const row = await deadLetter(ctx, id);
  await ctx.transact(async (tx) => {
    if (!await deleteDead(tx, id)) throw noDeadLetter(row);
    const data = { name: functionNameOf(row.name), error: row.lastError };
    await emit(tx, { type: "task.discarded", subjectId: id, data });
    await audit(tx, { action: "task.discard", subjectId: id, detail: data });
  });
  await dropStored(ctx, [row.payload, row.result]);
}
