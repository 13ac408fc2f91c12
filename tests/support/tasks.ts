import { createRegistry, type JobHandler } from "../../lib/jobs/mod.ts";
import { type Lane, LANES } from "../../lib/kernel/define-job.ts";
import { taskHandlers } from "../../workers/handlers/tasks.ts";
import { createRunner, type Runner } from "../../workers/runner.ts";
import type { Harness } from "./harness.ts";

export interface TestWorker extends Runner {
  [Symbol.asyncDispose](): Promise<void>;
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
