import { Context, type Ctx, type Tx } from "../context.ts";
import { systemActor } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { Impossible } from "../kernel/retry.ts";
import type { RunSpan } from "../ports/traces.ts";
import { assertHeld, finishWithin } from "./engine.ts";
import type { JobCtx, JobHandler, RunningJob } from "./handler.ts";
import { JobResult } from "./result.ts";
import type { ClaimedJob } from "./store.ts";

/** How a run ended: well, or by what was thrown. */
export type RunEnd =
  | { readonly kind: "done"; readonly result: JobResult | null }
  /** The handler ended the job within its own transaction. */
  | { readonly kind: "finished" }
  | { readonly kind: "thrown"; readonly thrown: unknown };

const DONE: RunEnd = { kind: "done", result: null };
const FINISHED: RunEnd = { kind: "finished" };

/**
 * One run of a claimed job. Thousands start in a second, so what few handlers look at (the signal) is made when it is
 * asked for, and time-outs are left to whoever keeps many runs: see `Deadlines`.
 */
export class JobRun {
  /** Set when the handler's own transaction, which ends the job, is durable. */
  finished = false;
  /** null: nobody follows it, or it has not begun. */
  span: RunSpan | null = null;
  #abort: AbortController | null = null;
  #stopped: { readonly reason: unknown } | null = null;
  #resolve: ((end: RunEnd) => void) | null = null;

  constructor(readonly job: ClaimedJob, readonly handler: JobHandler | undefined) {}

  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#stopped !== null) this.#abort.abort(this.#stopped.reason);
    }
    return this.#abort.signal;
  }

  /**
   * Ends the run from outside; the reason decides what becomes of the job (Shutdown, LeaseLost). A handler that
   * ignores its signal is left behind: the outcome that is written next takes the lease from it.
   */
  stop(reason: unknown): void {
    if (this.#stopped !== null) return;
    this.#stopped = { reason };
    this.#end({ kind: "thrown", thrown: reason }); // first, so that it wins over whatever the handler throws then
    this.#abort?.abort(reason);
  }

  /** Runs the handler; never rejects. */
  perform(ctx: Ctx): Promise<RunEnd> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      const { handler, job } = this;
      if (this.#stopped !== null) return this.#end({ kind: "thrown", thrown: this.#stopped.reason });
      if (handler === undefined) {
        const thrown = new Impossible(`No handler is registered for the job "${job.name}"`);
        return this.#end({ kind: "thrown", thrown });
      }
      const span = this.span = ctx.ports.traces?.run(job) ?? null;
      try {
        const running = new RunContext(ctx, this);
        const ran = span === null
          ? handler.run(running, job.payload)
          : span.within(() => handler.run(running, job.payload));
        ran.then(
          (result) => this.#end(result instanceof JobResult ? { kind: "done", result } : DONE),
          (thrown) => this.#end({ kind: "thrown", thrown }),
        );
      } catch (thrown) {
        this.#end({ kind: "thrown", thrown });
      }
    });
  }

  #end(end: RunEnd): void {
    this.#resolve?.(this.finished ? FINISHED : end);
    this.#resolve = null;
  }
}

/** The error of a run that took longer than its job may. */
export function timedOut({ job, handler }: JobRun): AppError {
  return new AppError(
    "upstream_timeout",
    `The run of "${job.name}" took longer than ${handler?.timeoutMs ?? 0} ms`,
  );
}

class RunContext extends Context implements JobCtx {
  constructor(ctx: Ctx, private readonly run: JobRun) {
    super({
      ports: ctx.ports,
      config: ctx.config,
      actor: actorOf(run.job.name),
      workspaceId: run.job.workspaceId,
      requestId: run.job.id,
      signal: () => run.signal,
    });
  }

  override get signal(): AbortSignal {
    return this.run.signal;
  }

  get job(): RunningJob {
    const { id, name, lane, fence, attempts, maxAttempts, submittedBy, childrenLeft } = this.run.job;
    return {
      id,
      name,
      lane,
      attempt: attempts,
      last: attempts >= maxAttempts,
      fence,
      submittedBy,
      parent: childrenLeft !== null,
    };
  }

  async assertLease(tx: Tx): Promise<void> {
    await assertHeld(tx, this.run.job);
  }

  async finish(tx: Tx): Promise<void> {
    await finishWithin(tx, this.run.job);
    tx.afterCommit(() => this.run.finished = true);
  }
}

const actors = new Map<string, ReturnType<typeof systemActor>>();

/** One actor a job's name: names come from the registry of handlers, so they are few. */
function actorOf(name: string): ReturnType<typeof systemActor> {
  let actor = actors.get(name);
  if (actor === undefined) actors.set(name, actor = systemActor(`job.${name}`));
  return actor;
}
