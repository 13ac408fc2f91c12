import { SECOND } from "../kernel/clock.ts";
import type { CatchUp, Overlap } from "./schemas.ts";
import { dueTicks, nextTickOf, type Timing } from "./timing.ts";

/** A tick that is dealt with later than this was missed. At the edge the ticker looks each minute. */
export const ON_TIME_MS = 90 * SECOND;
/** Ticks of one schedule that may wait for an earlier task to end. */
export const MOST_WAITING = 100;
/** How soon to look again whether it has. */
const LOOK_AGAIN_MS = SECOND;
/** How soon to look again at one that could not tick: its tick should still be on time. */
export const TRY_AGAIN_MS = 5 * SECOND;
export const MOST_CATCH_UP = 100;

export interface DuePlan {
  /** The ticks to act on, oldest first. */
  readonly run: readonly number[];
  /** The ticks that are left out: how many, and when the last of them was due. */
  readonly missed: { readonly count: number; readonly lastAt: number } | null;
  readonly nextAt: number | null;
}

export interface Due {
  readonly timing: Timing;
  /** The first tick that was not dealt with. */
  readonly nextAt: number;
  readonly now: number;
  readonly catchUp: CatchUp;
  readonly limit: number;
}

/** Which of the ticks that are due are acted on, by the rule for those that nobody was there for. */
export function planDue({ timing, nextAt, now, catchUp, limit }: Due): DuePlan {
  const wanted = catchUp === "all" ? limit : 1;
  // One more than is wanted: the last of those that are left out.
  const { last, count } = dueTicks(timing, { first: nextAt, until: now, most: wanted + 1 });
  const tooLate = catchUp === "none" && now - (last.at(-1) ?? 0) > ON_TIME_MS;
  const run = tooLate ? [] : last.slice(-wanted);
  const lastAt = last.at(-1 - run.length);
  const missed = lastAt === undefined ? null : { count: count - run.length, lastAt };
  return { run, missed, nextAt: nextTickOf(timing, now) };
}

/** What a tick does, by the rule for a task of an earlier tick that has not ended. */
export type Decision = "submit" | "replace" | "wait" | "skip" | "full";

export function decide(
  { overlap, open, waiting }: { overlap: Overlap; open: number; waiting: number },
): Decision {
  if (overlap === "queue") {
    if (open === 0 && waiting === 0) return "submit";
    return waiting < MOST_WAITING ? "wait" : "full";
  }
  if (open === 0) return "submit";
  return overlap === "replace" ? "replace" : "skip";
}

/** When the ticker looks at a schedule again; null: never. */
export function lookFor(
  { nextAt, waiting, now }: { nextAt: number | null; waiting: number; now: number },
): number | null {
  if (waiting === 0) return nextAt;
  return Math.min(nextAt ?? Infinity, now + LOOK_AGAIN_MS);
}
