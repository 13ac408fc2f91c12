/** One run of a job as it is told of. */
export interface TracedRun {
  readonly id: string;
  /** Of a task `task:` and its function. */
  readonly name: string;
  readonly lane: string;
  readonly workspaceId: string | null;
  /** Counts from 1. */
  readonly attempts: number;
}

/** The span of a run, from its begin to when its end is on disk. */
export interface RunSpan {
  /** Calls `work`; the spans of what it starts are parts of this one. */
  within<T>(work: () => T): T;
  /** Once. `error`: what it failed with. */
  end(outcome: string, error?: string): void;
}

/** Tells whoever follows requests through several programs what is being done. */
export interface Traces {
  /** Names the span of the request that is being answered; `route` is the pattern: `/api/tickets/{id}`. */
  request(method: string, route: string): void;
  /** What asked for these jobs just now, so that their runs can name it. Of the newest only, and of this process. */
  enqueued(jobIds: readonly string[]): void;
  run(run: TracedRun): RunSpan;
}
