import type { Ctx } from "../context.ts";
import type { RunResult } from "./execute.ts";
import type { ClaimedJob } from "./store.ts";

export interface RunReport {
  readonly job: ClaimedJob;
  readonly worker: string;
  readonly result: RunResult;
  /** From when it was due until it began, and from then to its end; milliseconds. */
  readonly waitMs: number;
  readonly ms: number;
}

/** One wide event for a run, and its share of the figures of this process. */
export function reportRun(ctx: Ctx, { job, worker, result, waitMs, ms }: RunReport): void {
  const { name, lane } = job;
  const { meter, log } = ctx.ports;
  meter.run({ job: name, lane, outcome: result.kind, waitMs, ms });
  log.run({
    job_id: job.id,
    job: name,
    lane,
    attempt: job.attempts,
    workspace: job.workspaceId,
    worker,
    outcome: result.kind,
    wait_ms: Math.round(waitMs),
    ms: Math.round(ms * 100) / 100,
    ...("error" in result ? { error: result.error } : {}),
    ...(result.kind === "retry" ? { delay_ms: Math.round(result.delayMs), burnt: result.burnt } : {}),
  });
}
