/** Time as a value that tests can set. `now()` is UTC milliseconds. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 in UTC, the form of every time on the wire. */
export function iso(ms: number): string {
  const day = Math.floor(ms / DAY);
  // Outside of these years, and for what is no time at all, a Date knows what to write or to throw.
  if (!(day >= 0 && day < LAST_DAY)) return new Date(ms).toISOString();
  const rest = Math.trunc(ms) - day * DAY;
  const seconds = Math.floor(rest / SECOND);
  const minutes = Math.floor(seconds / 60);
  return `${dateOf(day)}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${
    three(rest % SECOND)
  }Z`;
}

const two = (value: number) => value < 10 ? `0${value}` : `${value}`;
const three = (value: number) => value < 100 ? `0${two(value)}` : `${value}`;

const dates = new Map<number, string>();

/** A Date takes ten times as long as all the rest, and the times of one answer are mostly of few days. */
function dateOf(day: number): string {
  let date = dates.get(day);
  if (date !== undefined) return date;
  if (dates.size >= 1000) dates.clear();
  date = new Date(day * DAY).toISOString().slice(0, 10);
  dates.set(day, date);
  return date;
}

export function isoOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : iso(ms);
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The first day of the year 10000. */
const LAST_DAY = Date.UTC(10_000, 0) / DAY;

/** What only computes, or reads a file, resolves in microtasks: whoever else waits for the loop goes first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
