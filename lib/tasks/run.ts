import type { Ctx } from "../context.ts";
import { type JobCtx, JobResult } from "../jobs/mod.ts";
import type { TaskFunction } from "../kernel/define-function.ts";
import { TASK_LIMITS } from "./schemas.ts";
import { asStored, keep, load } from "./stored.ts";

/**
 * Runs a task's function to its end. Its result, its end and its event are written in one commit, and not at all by a
 * run whose lease was lost.
 */
export async function runTask(
  ctx: JobCtx,
  { fn, payload }: { fn: TaskFunction<Ctx>; payload: unknown },
): Promise<JobResult> {
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
  return new JobResult(result, { type: "task.done", data: { name: fn.name } });
}
