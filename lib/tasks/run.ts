import type { Ctx } from "../context.ts";
import { actorFrom } from "../identity/mod.ts";
import { type JobCtx, JobResult } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import type { ChildOutcome, PureFunction, TaskFunction } from "../kernel/define-function.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { Impossible } from "../kernel/retry.ts";
import { functionNameOf, taskStateOf } from "./policy.ts";
import { createProgress, type ProgressWriter } from "./progress.ts";
import { TASK_LIMITS } from "./schemas.ts";
import { cancelBelow, selectChildren } from "./store.ts";
import { asStored, keep, keepJson, load } from "./stored.ts";

export interface TaskRun {
  readonly fn: TaskFunction<Ctx>;
  readonly payload: unknown;
}

/**
 * Runs a task's function to its end. Its result, its end and its event are written in one commit, and not at all by a
 * run whose lease was lost.
 */
export async function runTask(ctx: JobCtx, { fn, payload }: TaskRun): Promise<JobResult> {
  // What a parent need not wait for any more ends with its waiting.
  if (ctx.job.parent) await ctx.transact((tx) => cancelBelow(tx, ctx.job.id));
  const stored = asStored(payload);
  const args = stored === null ? [] : await load(ctx, stored);
  const progress = createProgress(ctx, fn.name);
  try {
    const keeping = {
      blobs: () => ctx.ports.blobs,
      key: () => `${ctx.workspaceId}/tasks/${ctx.job.id}/result-${ctx.job.fence}`,
      maxBytes: TASK_LIMITS.result,
      what: "The result",
    };
    const json = await runApart(ctx, { fn, args, progress });
    const result = json === null
      ? await keep(await callFunction(ctx, { fn, args, progress }), keeping)
      : await keepJson(json, keeping);
    return new JobResult(result, { type: "task.done", data: { name: fn.name } });
  } finally {
    await progress.end();
  }
}

interface Call {
  readonly fn: TaskFunction<Ctx>;
  readonly args: unknown;
  readonly progress: ProgressWriter;
}

/** Lanes, and kinds of functions, that never run on the event loop of a process that serves others. */
const APART: ReadonlySet<string> = new Set(["cpu", "memory", "CPU_INTENSIVE", "MEMORY_INTENSIVE"]);

/** The result's JSON; null: the function runs in place. */
async function runApart(ctx: JobCtx, { fn, args, progress }: Call): Promise<string | null> {
  const { isolation } = ctx.ports;
  const { lane } = ctx.job;
  if (isolation === null || !fn.pure || !(APART.has(lane) || APART.has(fn.workerType))) return null;
  const { signal } = ctx;
  return await isolation.run({ name: fn.name, args, lane, signal, progress: progress.tell });
}

async function callFunction(ctx: JobCtx, { fn, args, progress }: Call): Promise<unknown> {
  if (fn.pure) return await callPure(fn, args, progress);
  return await fn.run(args, {
    ctx: await asSubmitter(ctx, fn),
    signal: ctx.signal,
    taskId: ctx.job.id,
    children: () => childrenOf(ctx),
    progress: progress.tell,
  });
}

/** What only computes would fail again: no attempt can mend it. */
async function callPure(fn: PureFunction, args: unknown, progress: ProgressWriter): Promise<unknown> {
  try {
    return await fn.run(args, { progress: progress.tell });
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : new Impossible(messageOf(thrown));
  }
}

/** Who submitted the task, with the scopes that it has now. Throws 403 when they are not enough any more. */
async function asSubmitter(ctx: JobCtx, fn: TaskFunction<Ctx>): Promise<Ctx> {
  const actor = await actorFrom(ctx, ctx.job.submittedBy ?? "");
  if (fn.scope !== null) requireScope({ actor }, fn.scope);
  return ctx.as({ actor });
}

const PAGE = 500;

async function childrenOf(ctx: JobCtx): Promise<ChildOutcome[]> {
  const all: ChildOutcome[] = [];
  for (let after = "", more = true; more;) {
    const rows = await selectChildren(ctx, { parentId: ctx.job.id, after, limit: PAGE });
    for (const row of rows) {
      const stored = asStored(row.result);
      all.push({
        task_id: row.id,
        function_name: functionNameOf(row.name),
        state: taskStateOf(row),
        result: stored === null ? null : await load(ctx, stored),
        error: row.lastError,
      });
    }
    after = rows.at(-1)?.id ?? after;
    more = rows.length === PAGE;
  }
  return all;
}
