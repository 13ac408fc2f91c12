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
  close(): Promise<void>;
}

/** What a thread or child process is asked. */
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
