import { createRegistry, type JobHandler } from "../../lib/jobs/mod.ts";
import { type Lane, LANES } from "../../lib/kernel/define-job.ts";
import type { Ctx } from "../../lib/context.ts";
import type { TaskFunction } from "../../lib/kernel/define-function.ts";
import { FUNCTIONS } from "../../lib/functions/mod.ts";
import { catalogueOf } from "../../lib/ports/functions.ts";
import { taskHandler, taskHandlers } from "../../workers/handlers/tasks.ts";
import { createRunner, type Runner } from "../../workers/runner.ts";
import type { Harness } from "./harness.ts";

export interface TestWorker extends Runner {
  [Symbol.asyncDispose](): Promise<void>;
}

/** The product's functions and more, as the harness takes them, with the handlers of the additional ones. */
export function withFunctions(more: readonly TaskFunction<Ctx>[]) {
  const functions = [...FUNCTIONS, ...more];
  return { ports: { functions: catalogueOf(functions) }, handlers: functions.map(taskHandler) };
}

/** A worker in the test's own process that is woken by submissions; `idle()` waits for all that is due. */
export async function startWorker(
  h: Harness,
  { handlers = taskHandlers, concurrency = 4, lanes = LANES }: {
    handlers?: readonly JobHandler[];
    concurrency?: number;
    lanes?: readonly Lane[];
  } = {},
): Promise<TestWorker> {
  const runner = createRunner({
    context: h.system,
    registry: createRegistry(handlers),
    lanes: Object.fromEntries(lanes.map((lane) => [lane, concurrency])),
  });
  const off = h.ports.waker.onWake((lane, ids, dueAt) => runner.wake(lane, ids, dueAt));
  await runner.start();
  return Object.assign(runner, {
    async [Symbol.asyncDispose]() {
      off();
      await runner.stop(1000);
    },
  });
}
