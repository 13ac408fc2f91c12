import type { Ctx } from "../context.ts";
import { actorFrom } from "../identity/mod.ts";
import { type JobCtx, JobResult } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import type { ChildOutcome, TaskFunction } from "../kernel/define-function.ts";
import { functionNameOf, taskStateOf } from "./policy.ts";
import { createProgress, type ProgressWriter } from "./progress.ts";
import { TASK_LIMITS } from "./schemas.ts";
import { cancelBelow, selectChildren } from "./store.ts";
import { asStored, keep, load } from "./stored.ts";

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
    const value = await callFunction(ctx, { fn, args, progress });
    const result = await keep(value, {
      blobs: () => ctx.ports.blobs,
      key: () => `${ctx.workspaceId}/tasks/${ctx.job.id}/result-${ctx.job.fence}`,
      maxBytes: TASK_LIMITS.result,
      what: "The result",
    });
    return new JobResult(result, { type: "task.done", data: { name: fn.name } });
  } finally {
    await progress.end();
  }
}

async function callFunction(
  ctx: JobCtx,
  { fn, args, progress }: { fn: TaskFunction<Ctx>; args: unknown; progress: ProgressWriter },
): Promise<unknown> {
  const tell = (percent: number, message?: string) => progress.tell(percent, message);
  if (fn.pure) return await fn.run(args, { progress: tell });
  return await fn.run(args, {
    ctx: await asSubmitter(ctx, fn),
    signal: ctx.signal,
    taskId: ctx.job.id,
    children: () => childrenOf(ctx),
    progress: tell,
  });
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
