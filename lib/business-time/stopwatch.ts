import type { Calendar } from "./calendar.ts";
import { addBusinessTime, businessTimeBetween } from "./measure.ts";

/** Business time that is being counted. Every change of how it counts banks what has gone by before. */
export interface Stopwatch {
  /** Milliseconds that were counted before `since`. */
  readonly elapsed: number;
  /** It runs since then; null: it pauses. */
  readonly since: number | null;
}

/** What it shows at an instant. */
export function elapsedAt(calendar: Calendar, watch: Stopwatch, at: number): number {
  return watch.elapsed + (watch.since === null ? 0 : businessTimeBetween(calendar, watch.since, at));
}

/** When it will show `target`; null while it pauses, or when the calendar never gets there. */
export function reaches(calendar: Calendar, watch: Stopwatch, target: number): number | null {
  return watch.since === null ? null : addBusinessTime(calendar, watch.since, target - watch.elapsed);
}

/** Stops counting; one that pauses already stays as it is. */
export function pause(calendar: Calendar, watch: Stopwatch, at: number): Stopwatch {
  return { elapsed: elapsedAt(calendar, watch, at), since: null };
}

/** Counts on; one that runs already stays as it is. */
export function resume(watch: Stopwatch, at: number): Stopwatch {
  return watch.since === null ? { elapsed: watch.elapsed, since: at } : watch;
}

/** Counts by another calendar from `at` on; `before` is the one until then. */
export function rebase(before: Calendar, watch: Stopwatch, at: number): Stopwatch {
  if (watch.since === null || watch.since >= at) return watch;
  return { elapsed: elapsedAt(before, watch, at), since: at };
}
