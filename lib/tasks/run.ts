import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import type { JobCtx } from "../jobs/mod.ts";
import type { TaskFunction } from "../kernel/define-function.ts";
import { TASK_LIMITS } from "./schemas.ts";
import { asStored, keep, load } from "./stored.ts";

/**
 * Runs a task's function to its end and writes the result, the end and the event in one commit. At least once: a
 * run whose lease was lost writes nothing.
 */
export async function runTask(
  ctx: JobCtx,
  { fn, payload }: { fn: TaskFunction<Ctx>; payload: unknown },
): Promise<void> {
  const stored = asStored(payload);
  const args = stored === null ? [] : await load(ctx, stored);
  const use = { ctx, signal: ctx.signal, taskId: ctx.job.id, progress: () => {} };
  const value = await fn.run(args, use);
  const result = await keep(value, {
    blobs: () => ctx.ports.blobs,
    key: () => `${ctx.workspaceId}/tasks/${ctx.job.id}/result`,
    maxBytes: TASK_LIMITS.result,
    what: "The result",
  });
  await ctx.transact(async (tx) => {
    await ctx.finish(tx, result);
    await emit(tx, { type: "task.done", subjectId: ctx.job.id, data: { function_name: fn.name } });
  });
}
