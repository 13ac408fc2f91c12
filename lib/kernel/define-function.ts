import type { output, ZodType } from "zod";
import type { JobDefinition, Lane } from "./define-job.ts";
import { SECOND } from "./clock.ts";
import type { Scope } from "./scopes.ts";

/** The kinds of workers that tasks run on, and the lane of each. */
export const WORKER_TYPES = {
  CPU_INTENSIVE: "cpu",
  IO_INTENSIVE: "io",
  MEMORY_INTENSIVE: "memory",
  NETWORK_INTENSIVE: "network",
  GENERAL_PURPOSE: "general",
} as const satisfies Record<string, Lane>;

export type WorkerType = keyof typeof WORKER_TYPES;
export const WORKER_TYPE_NAMES = Object.keys(WORKER_TYPES) as [WorkerType, ...WorkerType[]];

/** What became of a task that another one waited for. */
export interface ChildOutcome {
  readonly task_id: string;
  readonly function_name: string;
  readonly state: string;
  readonly result: unknown;
  readonly error: string | null;
}

/** What a function may use while it runs. */
export interface FunctionRun<C> {
  /** Acts as who submitted the task, in its workspace. */
  readonly ctx: C;
  /** Aborted when the task is cancelled, takes too long, or its worker stops. */
  readonly signal: AbortSignal;
  readonly taskId: string;
  /** Of a task that has waited for others: what became of them, in the order in which they were submitted. */
  children(): Promise<readonly ChildOutcome[]>;
  /** Tells how far it is, 0 to 100. Cheap: what is told too often is dropped. */
  progress(percent: number, message?: string): void;
}

/** What a function that only computes may use: it may run in another thread or process. */
export type PureRun = Pick<FunctionRun<never>, "progress">;

/** What is known of a function without running it. */
export interface FunctionFacts {
  /** `noun.verb`, as tasks name it. */
  readonly name: string;
  readonly summary: string;
  readonly workerType: WorkerType;
  /** What it may be submitted as; only what computes and nothing else runs apart from the process. */
  readonly workerTypes: readonly WorkerType[];
  readonly args: ZodType;
  readonly result: ZodType;
  readonly examples: readonly { readonly args: unknown; readonly result?: unknown }[];
  /** Needed beside `tasks:write`, at the submission and again when it runs; null: nothing more. */
  readonly scope: Scope | null;
  /** Attempts in all, when the task does not say. */
  readonly attempts: number;
  readonly backoff: JobDefinition["backoff"];
  /** A run over this is ended, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * What ends the task: the first thing that it writes (so it is written once), or its result, where what it writes is
   * only the record of what it did.
   */
  readonly endsBy: "first_write" | "result";
}

/** A function that tasks can call. `pure`: it computes and nothing else. */
export type TaskFunction<C> =
  & FunctionFacts
  & (
    | { readonly pure: true; readonly run: (args: unknown, run: PureRun) => unknown }
    | { readonly pure: false; readonly run: (args: unknown, run: FunctionRun<C>) => Promise<unknown> }
  );

export type PureFunction = Extract<TaskFunction<never>, { pure: true }>;

type Defaults = "workerTypes" | "scope" | "attempts" | "backoff" | "timeoutMs" | "endsBy";

interface FunctionInput<A extends ZodType, R extends ZodType>
  extends Omit<FunctionFacts, Defaults | "args" | "result">, Partial<Pick<FunctionFacts, Defaults>> {
  readonly args: A;
  readonly result: R;
}

const DEFAULTS = {
  scope: null,
  attempts: 3,
  backoff: { baseMs: SECOND, maxMs: 5 * 60 * SECOND },
  timeoutMs: 30 * SECOND,
  endsBy: "first_write",
} as const;

/** Declares a function that only computes. Its arguments come parsed; what it gives must fit `result`. */
export function definePure<A extends ZodType, R extends ZodType>(
  { run, ...facts }: FunctionInput<A, R> & {
    run: (args: output<A>, run: PureRun) => output<R> | Promise<output<R>>;
  },
): PureFunction {
  return {
    ...DEFAULTS,
    workerTypes: WORKER_TYPE_NAMES,
    ...facts,
    pure: true,
    run: (args, use) => run(facts.args.parse(args), use),
  };
}

/** Declares a function that reads, writes or calls; it runs in the worker's own process, within its bounds. */
export function defineFunction<C, A extends ZodType, R extends ZodType>(
  { run, ...facts }: FunctionInput<A, R> & {
    run: (args: output<A>, run: FunctionRun<C>) => Promise<output<R>>;
  },
): TaskFunction<C> {
  return {
    ...DEFAULTS,
    workerTypes: ["IO_INTENSIVE", "NETWORK_INTENSIVE", "GENERAL_PURPOSE"],
    ...facts,
    pure: false,
    run: async (args, use) => await run(await facts.args.parseAsync(args), use),
  };
}
