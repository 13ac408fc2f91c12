import type { Ctx } from "../context.ts";
import { messageOf } from "../kernel/errors.ts";
import type { RunSpan } from "../ports/traces.ts";
import { acknowledge, type EndedRun, settle } from "./engine.ts";
import { Deadlines } from "./deadlines.ts";
import type { JobRegistry } from "./handler.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { JobRun, type RunEnd } from "./run.ts";
import type { ClaimedJob } from "./store.ts";

export interface Execution {
  readonly job: ClaimedJob;
  readonly registry: JobRegistry;
  /** Ends the run from outside; its reason decides what becomes of the job (Shutdown, LeaseLost). */
  readonly signal: AbortSignal;
}

/** What a run came to. `lost`: another run owns the job now, so nothing was written. */
export type RunResult = { readonly kind: "done" } | Outcome;

const DONE: RunResult = { kind: "done" };
const LOST: RunResult = { kind: "lost" };

/** Runs one claimed job to its end and writes the outcome. Never throws for what the handler does. */
export async function execute(ctx: Ctx, { job, registry, signal }: Execution): Promise<RunResult> {
  const run = new JobRun(job, registry.get(job.name));
  const deadlines = new Deadlines();
  const onSignal = () => run.stop(signal.reason);
  signal.addEventListener("abort", onSignal, { once: true });
  try {
    if (signal.aborted) onSignal();
    deadlines.watch(run);
    const end = await run.perform(ctx);
    return await conclude(ctx, { run, end });
  } finally {
    deadlines.clear();
    signal.removeEventListener("abort", onSignal);
  }
}

export interface Conclusion {
  readonly run: JobRun;
  readonly end: RunEnd;
  /** How the end of a run that went well is written; by default alone. */
  readonly acknowledge?: (ended: EndedRun) => Promise<boolean>;
}

/** Writes what a run came to, under its fence. Throws when the store can't be written. */
export function conclude(ctx: Ctx, conclusion: Conclusion): Promise<RunResult> {
  const { span } = conclusion.run;
  return span === null ? writeEnd(ctx, conclusion) : traced(span, () => writeEnd(ctx, conclusion));
}

async function traced(span: RunSpan, writing: () => Promise<RunResult>): Promise<RunResult> {
  try {
    const result = await writing();
    span.end(result.kind, "error" in result ? result.error : undefined);
    return result;
  } catch (error) {
    span.end("unwritten", messageOf(error));
    throw error;
  }
}

async function writeEnd(
  ctx: Ctx,
  { run, end, acknowledge: write = (ended) => acknowledge(ctx, ended) }: Conclusion,
): Promise<RunResult> {
  const { job, handler } = run;
  if (end.kind === "finished") return DONE;
  if (end.kind === "done") {
    const { id, fence, workspaceId, parentId } = job;
    return await write({ id, fence, workspaceId, parentId, result: end.result }) ? DONE : LOST;
  }
  const { attempts, maxAttempts } = job;
  const backoff = handler?.backoff ?? { baseMs: 0, maxMs: 0 };
  const outcome = outcomeOf(end.thrown, { attempts, maxAttempts, backoff, chance: Math.random() });
  return await settle(ctx, { job, outcome }) ? outcome : LOST;
}
