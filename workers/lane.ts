import { type JobRun, type LaneControl, OPEN_LANE } from "../lib/jobs/mod.ts";
import type { Lane } from "../lib/kernel/define-job.ts";

/** One lane of a runner: what runs, what was claimed ahead, and how quick its jobs are. */
export interface LaneState {
  readonly lane: Lane;
  /** How many run at once when nobody says otherwise. */
  usual: number;
  concurrency: number;
  running: number;
  /** Claimed under a lease, to start as soon as there is a free place; `at` on the clock of `performance`. */
  readonly ahead: { readonly run: JobRun; readonly at: number }[];
  /** Something may be ready that was not claimed yet. */
  pending: boolean;
  pumping: boolean;
  /** What holds of the lane in all processes. */
  control: LaneControl;
  /** The workspace that was served last. */
  after: string;
  /** Milliseconds of a run, a moving average. */
  pace: number;
}

/**
 * At most this many jobs are claimed by one statement, or ahead of their turn: what does nothing at all is started in
 * some 4 ms of the event loop, and a commit serves twice as many jobs as with 256.
 */
const CLAIM_BATCH = 512;
/** Jobs are claimed ahead that start within this time; so jobs that take longer wait where anybody can take them. */
const AHEAD_MS = 4;
const FIRST_PACE_MS = 20;
/** The share of the newest run in the average. */
const NEWEST = 1 / 16;

export function newLane(lane: Lane, concurrency: number): LaneState {
  return {
    lane,
    usual: concurrency,
    concurrency,
    running: 0,
    ahead: [],
    pending: false,
    pumping: false,
    control: OPEN_LANE,
    after: "",
    pace: FIRST_PACE_MS,
  };
}

export function paceWith(state: LaneState, ms: number): void {
  state.pace += (ms - state.pace) * NEWEST;
}

/** One at a time, to its end on disk: so a crash leaves one at most of which nobody knows whether it was done. */
export function isSerial({ concurrency }: Pick<LaneState, "concurrency">): boolean {
  return concurrency === 1;
}

/** How many jobs are worth claiming ahead. */
export function aheadFor({ concurrency, pace }: Pick<LaneState, "concurrency" | "pace">): number {
  if (isSerial({ concurrency })) return 0;
  return Math.min(CLAIM_BATCH, Math.floor(concurrency * AHEAD_MS / Math.max(pace, 0.001)));
}

/** Takes over what holds of the lane now; false when that is what held before. */
export function control(state: LaneState, now: LaneControl): boolean {
  const before = state.control;
  const same = now.paused === before.paused && now.concurrency === before.concurrency &&
    JSON.stringify(now.rooms) === JSON.stringify(before.rooms);
  if (same) return false;
  state.control = now;
  state.concurrency = now.concurrency ?? state.usual;
  return true;
}

/** How many jobs to claim now; none while it is paused, or while more than half of what is wanted ahead is there, so that claims are few. */
export function roomIn(state: LaneState): number {
  if (state.control.paused) return 0;
  const wanted = aheadFor(state);
  const free = state.concurrency - state.running;
  if (wanted > 0 && state.ahead.length > wanted / 2) return 0;
  return Math.max(0, Math.min(CLAIM_BATCH, free + wanted - state.ahead.length));
}

/** So many run at once from now on, unless somebody has said otherwise. */
export function scaleTo(state: LaneState, concurrency: number): void {
  state.usual = concurrency;
  state.concurrency = state.control.concurrency ?? concurrency;
}
