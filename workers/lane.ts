import type { JobRun } from "../lib/jobs/mod.ts";
import type { Lane } from "../lib/kernel/define-job.ts";

/** One lane of a runner: what runs, what was claimed ahead, and how quick its jobs are. */
export interface LaneState {
  readonly lane: Lane;
  readonly concurrency: number;
  running: number;
  /** Claimed under a lease, to start as soon as there is a free place; `at` on the clock of `performance`. */
  readonly ahead: { readonly run: JobRun; readonly at: number }[];
  /** Something may be ready that was not claimed yet. */
  pending: boolean;
  pumping: boolean;
  /** Milliseconds of a run, a moving average. */
  pace: number;
}

/** At most this many jobs are claimed by one statement, or ahead of their turn. */
const CLAIM_BATCH = 256;
/** Jobs are claimed ahead that start within this time; so jobs that take longer wait where anybody can take them. */
const AHEAD_MS = 4;
const FIRST_PACE_MS = 20;
/** The share of the newest run in the average. */
const NEWEST = 1 / 16;

export function newLane(lane: Lane, concurrency: number): LaneState {
  return { lane, concurrency, running: 0, ahead: [], pending: false, pumping: false, pace: FIRST_PACE_MS };
}

export function paceWith(state: LaneState, ms: number): void {
  state.pace += (ms - state.pace) * NEWEST;
}

/** How many jobs are worth claiming ahead. */
export function aheadFor({ concurrency, pace }: Pick<LaneState, "concurrency" | "pace">): number {
  return Math.min(CLAIM_BATCH, Math.floor(concurrency * AHEAD_MS / Math.max(pace, 0.001)));
}

/** How many jobs to claim now; none while more than half of what is wanted ahead is there, so that claims are few. */
export function roomIn(state: LaneState): number {
  const wanted = aheadFor(state);
  const free = state.concurrency - state.running;
  if (wanted > 0 && state.ahead.length > wanted / 2) return 0;
  return Math.max(0, Math.min(CLAIM_BATCH, free + wanted - state.ahead.length));
}
