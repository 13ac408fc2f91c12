import type { Lane } from "../kernel/define-job.ts";

/** A call of a function that only computes. */
export interface IsolatedCall {
  readonly name: string;
  readonly args: unknown;
  readonly lane: Lane;
  /** Ends it wherever it is, also in a loop without end. */
  readonly signal: AbortSignal;
  readonly progress: (percent: number, message?: string) => void;
}

/** Where calls run: `memory` for those of the lane of that name, `cpu` for all others. */
export const POOLS = ["cpu", "memory"] as const;
export type PoolName = typeof POOLS[number];

/** How a pool is doing at this moment. */
export interface PoolLoad {
  /** Calls at once. */
  readonly places: number;
  readonly running: number;
  /** How long the first of those that wait for a place has waited, in milliseconds; 0: none waits. */
  readonly waitMs: number;
}

/** What its processes hold, and what they have used since the beginning, those that ended among them. */
export interface PoolUsage {
  readonly processes: number;
  readonly rssBytes: number;
  readonly cpuMs: number;
}

/**
 * Runs what computes away from the event loop that serves others, under bounds of memory. What it runs can take down
 * neither this process nor another call.
 */
export interface TaskIsolation {
  /**
   * The result as JSON. Throws what the function threw; AppError `upstream_rejected` when it used too much memory; the
   * signal's reason when it is aborted.
   */
  run(call: IsolatedCall): Promise<string>;
  load(pool: PoolName): PoolLoad;
  /** So many calls at once from now on. */
  scale(pool: PoolName, places: number): void;
  usage(): PoolUsage;
  close(): Promise<void>;
}

/** How a process ends whose thread has filled its heap. */
export const OUT_OF_MEMORY = 70;

/** What a process is asked. */
export interface Question {
  readonly name: string;
  readonly args: unknown;
  /** Of the result's JSON. */
  readonly maxBytes: number;
}

export type Answer =
  | { readonly kind: "progress"; readonly percent: number; readonly message?: string }
  | { readonly kind: "done"; readonly json: string }
  | { readonly kind: "failed"; readonly code: string | null; readonly message: string };
