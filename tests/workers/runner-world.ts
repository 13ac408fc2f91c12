import assert from "node:assert/strict";
import { z } from "zod";
import {
  createRegistry,
  enqueue,
  handler,
  type JobCtx,
  type JobHandler,
  listJobs,
} from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createRunner, type RunnerOptions } from "../../workers/runner.ts";
import type { Work } from "../support/work.ts";

export const task = defineJob({
  name: "test.task",
  schema: z.object({ n: z.number() }),
  lane: "default",
  attempts: 3,
  backoff: { baseMs: 1000, maxMs: 60_000 },
});

export type Run = (ctx: JobCtx, payload: { n: number }) => Promise<void>;

/** A started runner that `await using` stops. */
export async function running(
  work: Work,
  handlers: readonly JobHandler[],
  options: Partial<RunnerOptions> = {},
) {
  const runner = createRunner({
    context: work.system,
    registry: createRegistry(handlers),
    lanes: { default: 8 },
    ...options,
  });
  const unsubscribe = work.waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  return Object.assign(runner, {
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await runner.stop(0);
    },
  });
}

/** A handler of the test task. */
export const doing = (run: Run) => [handler(task, run)];

/** Enqueues the test task. */
export const put = (work: Work, n: number, options = {}) =>
  work.ctx.transact((tx) => enqueue(tx, task, { n }, options));

export const only = async (work: Work) => {
  const [job] = (await listJobs(work.ctx, { limit: 1 })).data;
  assert.ok(job);
  return job;
};
