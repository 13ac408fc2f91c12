import type { Ctx, Tx } from "../context.ts";
import type { JobDefinition, Lane } from "../kernel/define-job.ts";
import type { JobResult } from "./result.ts";

/** The context of one run of a job: the system acts in the job's workspace. */
export interface JobCtx extends Ctx {
  /** Aborted when the run times out, loses its lease, or the process stops. */
  readonly signal: AbortSignal;
  readonly job: RunningJob;
  /** Throws LeaseLost when another run owns the job: call it in the handler's last transaction. */
  assertLease(tx: Tx): Promise<void>;
  /** Ends the job within `tx`, so that its effect and its end are one commit. Throws LeaseLost as well. */
  finish(tx: Tx): Promise<void>;
}

export interface RunningJob {
  readonly id: string;
  readonly name: string;
  readonly lane: Lane;
  /** Counts from 1. */
  readonly attempt: number;
  /** No attempt is left after this one. */
  readonly last: boolean;
  readonly fence: number;
  /** Who submitted it as a task, `kind:id`; null: it is none. */
  readonly submittedBy: string | null;
  /** It is the parent of others, for which it has waited. */
  readonly parent: boolean;
}

/** What runs the jobs of one name. */
export interface JobHandler {
  readonly name: string;
  readonly backoff: JobDefinition["backoff"];
  readonly timeoutMs: number;
  /** Parses the payload (throws ZodError), then runs; a JobResult is kept with the job. */
  run(ctx: JobCtx, payload: unknown): Promise<void | JobResult>;
}

/** Joins a job's definition and the function that does it. May run twice: check the state, or end with `finish`. */
export function handler<T>(
  job: JobDefinition<T>,
  run: (ctx: JobCtx, payload: T) => Promise<void>,
): JobHandler {
  const { name, backoff, timeoutMs, schema } = job;
  return {
    name,
    backoff,
    timeoutMs,
    run: async (ctx, payload) => await run(ctx, await schema.parseAsync(payload)),
  };
}

export type JobRegistry = ReadonlyMap<string, JobHandler>;

/** Throws when two handlers claim one name. */
export function createRegistry(handlers: readonly JobHandler[]): JobRegistry {
  const registry = new Map<string, JobHandler>();
  for (const one of handlers) {
    if (registry.has(one.name)) throw new Error(`Two handlers are registered for the job "${one.name}"`);
    registry.set(one.name, one);
  }
  return registry;
}
