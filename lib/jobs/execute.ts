import { createContext, type Ctx } from "../context.ts";
import { systemActor } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { Impossible } from "../kernel/retry.ts";
import { acknowledge, assertHeld, finishWithin, settle } from "./engine.ts";
import type { JobCtx, JobHandler, JobRegistry } from "./handler.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { ClaimedJob } from "./store.ts";

export interface Execution {
  readonly job: ClaimedJob;
  readonly registry: JobRegistry;
  /** Ends the run from outside; its reason decides what becomes of the job (Shutdown, LeaseLost). */
  readonly signal: AbortSignal;
}

/** What a run came to. `lost`: another run owns the job now, so nothing was written. */
export type RunResult = { readonly kind: "done" } | Outcome;

/** Runs one claimed job to its end and writes the outcome. Never throws for what the handler does. */
export async function execute(ctx: Ctx, { job, registry, signal }: Execution): Promise<RunResult> {
  const handler = registry.get(job.name);
  const thrown = handler === undefined
    ? new Impossible(`No handler is registered for the job "${job.name}"`)
    : await runHandler(ctx, { job, handler, signal });
  if (thrown === DONE) return await acknowledge(ctx, job) ? DONE_RESULT : LOST;
  if (thrown === FINISHED) return DONE_RESULT;
  const { attempts, maxAttempts } = job;
  const backoff = handler?.backoff ?? { baseMs: 0, maxMs: 0 };
  const outcome = outcomeOf(thrown, { attempts, maxAttempts, backoff, chance: Math.random() });
  return await settle(ctx, { job, outcome }) ? outcome : LOST;
}

const DONE = Symbol("done");
/** The handler ended the job within its own transaction. */
const FINISHED = Symbol("finished");
const DONE_RESULT: RunResult = { kind: "done" };
const LOST: RunResult = { kind: "lost" };

interface HandlerRun {
  readonly job: ClaimedJob;
  readonly handler: JobHandler;
  readonly signal: AbortSignal;
}

/**
 * Resolves to DONE, FINISHED or what was thrown. A handler that ignores its signal is left behind: the outcome that
 * is written next takes the lease from it, so it can't commit any more.
 */
async function runHandler(ctx: Ctx, { job, handler, signal }: HandlerRun): Promise<unknown> {
  const abort = new AbortController();
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  const stop = (reason: unknown) => {
    stopped.reject(reason); // first, so that it wins over whatever the handler throws on its abort
    abort.abort(reason);
  };
  const onSignal = () => stop(signal.reason);
  const timer = setTimeout(() => stop(timedOut(handler)), handler.timeoutMs);
  signal.addEventListener("abort", onSignal, { once: true });
  const { jobCtx, finished } = contextOf(ctx, { job, signal: abort.signal });
  try {
    if (signal.aborted) throw signal.reason;
    await Promise.race([handler.run(jobCtx, job.payload), stopped.promise]);
    return finished() ? FINISHED : DONE;
  } catch (thrown) {
    return finished() ? FINISHED : thrown;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onSignal);
  }
}

function timedOut(handler: JobHandler): AppError {
  return new AppError(
    "upstream_timeout",
    `The run of "${handler.name}" took longer than ${handler.timeoutMs} ms`,
  );
}

function contextOf(
  ctx: Ctx,
  { job, signal }: { job: ClaimedJob; signal: AbortSignal },
): { jobCtx: JobCtx; finished: () => boolean } {
  const { id, name, fence, attempts, maxAttempts, workspaceId } = job;
  let finished = false;
  const base = createContext({
    ports: ctx.ports,
    config: ctx.config,
    actor: systemActor(`job.${name}`),
    workspaceId,
    requestId: id,
    signal,
  });
  const jobCtx: JobCtx = Object.assign(base, {
    signal,
    job: { id, name, attempt: attempts, last: attempts >= maxAttempts, fence },
    assertLease: (tx: Parameters<JobCtx["assertLease"]>[0]) => assertHeld(tx, job),
    finish: async (tx: Parameters<JobCtx["finish"]>[0]) => {
      await finishWithin(tx, job);
      tx.afterCommit(() => finished = true);
    },
  });
  return { jobCtx, finished: () => finished };
}
