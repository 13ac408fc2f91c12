import { cronProblem, nextOf } from "../jobs/mod.ts";
import { DAY, SECOND } from "../kernel/clock.ts";
import { AppError, type FieldError } from "../kernel/errors.ts";
import { isTimeZone } from "../business-time/mod.ts";

/** When a schedule ticks. */
export type Timing =
  | { readonly kind: "cron"; readonly cron: string; readonly zone: string }
  | { readonly kind: "once"; readonly zone: string; readonly startsAt: number }
  | { readonly kind: "interval"; readonly zone: string; readonly everyMs: number; readonly startsAt: number };

/** A timing as it is asked for: exactly one of `cron`, `at` and `everyMs`. */
export interface WantedTiming {
  readonly cron?: string | undefined;
  readonly zone?: string | undefined;
  /** UTC milliseconds. */
  readonly at?: number | undefined;
  readonly everyMs?: number | undefined;
}

export const YEAR = 366 * DAY;
const LEAST_EVERY = SECOND;

/** Throws 422 with every path that is wrong: a cron that never comes, an unknown zone, a time in the past. */
export function timingOf({ cron, zone = "UTC", at, everyMs }: WantedTiming, now: number): Timing {
  const errors: FieldError[] = [];
  const given = [cron, at, everyMs].filter((one) => one !== undefined).length;
  if (given !== 1) errors.push({ path: "cron", message: "give one of cron, at and every_ms" });
  if (cron === undefined && !isTimeZone(zone)) {
    errors.push({ path: "zone", message: `there is no time zone "${zone}"` });
  }
  const problem = cron === undefined ? null : cronProblem({ cron, zone }, now);
  if (problem !== null) errors.push(problem);
  if (at !== undefined) {
    if (at <= now) errors.push({ path: "at", message: "is in the past" });
    if (at > now + YEAR) errors.push({ path: "at", message: "is more than a year ahead" });
  }
  if (everyMs !== undefined && (everyMs < LEAST_EVERY || everyMs > YEAR)) {
    errors.push({ path: "every_ms", message: "must be a second at least, and a year at most" });
  }
  if (errors.length > 0) {
    const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
    throw new AppError("validation_failed", detail, { errors });
  }
  if (cron !== undefined) return { kind: "cron", cron, zone };
  if (at !== undefined) return { kind: "once", zone, startsAt: at };
  const every = everyMs ?? LEAST_EVERY;
  return { kind: "interval", zone, everyMs: every, startsAt: now + every };
}

/** The first tick after `after`; null: there is none. */
export function nextTickOf(timing: Timing, after: number): number | null {
  if (timing.kind === "cron") return nextOf(timing, after);
  const { startsAt } = timing;
  if (after < startsAt) return startsAt;
  if (timing.kind === "once") return null;
  return startsAt + (Math.floor((after - startsAt) / timing.everyMs) + 1) * timing.everyMs;
}

/** The next `most` ticks after `after`. */
export function ticksAfter(timing: Timing, after: number, most: number): number[] {
  const ticks: number[] = [];
  for (let at = nextTickOf(timing, after); at !== null && ticks.length < most; at = nextTickOf(timing, at)) {
    ticks.push(at);
  }
  return ticks;
}

export interface DueTicks {
  /** The last of them, `most` at most, oldest first. */
  readonly last: readonly number[];
  /** How many there are in all; never more than is counted (1,000). */
  readonly count: number;
}

const MOST_COUNTED = 1000;

/** The ticks from `first` (which is one) to `until`: a stretch may hold millions, of which the last few matter. */
export function dueTicks(
  timing: Timing,
  { first, until, most }: { first: number; until: number; most: number },
): DueTicks {
  const counted = [first, ...ticksUpTo(timing, first, { until, most: MOST_COUNTED - 1 })];
  const next = nextTickOf(timing, counted.at(-1) ?? first);
  if (next === null || next > until) return { last: counted.slice(-most), count: counted.length };
  // Backwards from the end, a stretch twice as long each time, until it holds enough of them.
  for (let stretch = most * SECOND;; stretch *= 2) {
    const from = Math.max(first - 1, until - stretch);
    const last = ticksUpTo(timing, from, { until, most: Infinity });
    if (last.length >= most || from < first) return { last: last.slice(-most), count: MOST_COUNTED };
  }
}

function ticksUpTo(
  timing: Timing,
  after: number,
  { until, most }: { until: number; most: number },
): number[] {
  const ticks: number[] = [];
  for (
    let at = nextTickOf(timing, after);
    at !== null && at <= until && ticks.length < most;
    at = nextTickOf(timing, at)
  ) {
    ticks.push(at);
  }
  return ticks;
}
