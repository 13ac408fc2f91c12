import type { Ctx } from "../../lib/context.ts";
import { FUNCTIONS } from "../../lib/functions/mod.ts";
import type { JobHandler } from "../../lib/jobs/mod.ts";
import type { TaskFunction } from "../../lib/kernel/define-function.ts";
import { jobNameOf, runTask } from "../../lib/tasks/mod.ts";

/** The handler of the tasks that call a function. */
export function taskHandler(fn: TaskFunction<Ctx>): JobHandler {
  const { name, backoff, timeoutMs } = fn;
  return {
    name: jobNameOf(name),
    backoff,
    timeoutMs,
    run: (ctx, payload) => runTask(ctx, { fn, payload }),
  };
}

export const taskHandlers: readonly JobHandler[] = FUNCTIONS.map(taskHandler);
