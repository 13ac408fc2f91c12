import { Cron } from "croner";
import { isTimeZone, offsetAt } from "../business-time/mod.ts";
import { DAY, HOUR } from "../kernel/clock.ts";

export interface CronTimes {
  /** Five fields, or six with seconds first, or a word such as `@daily`. */
  readonly cron: string;
  /** IANA name: the wall clock on which the cron is read. */
  readonly zone: string;
}

interface Pattern {
  readonly nextWall: (wall: number) => number | null;
  /** Its hours are written with `*`: it beats as time passes. Any other keeps appointments with the wall clock. */
  readonly rhythm: boolean;
}

const FIELDS =
  "give five fields (minute, hour, day, month, weekday), six with seconds first, or a word such as @daily";

const patterns = new Map<string, Pattern>();
const MOST_PATTERNS = 1000;

/** Croner reads the pattern against a clock without zones: what its own zones do at a change depends on the pattern. */
function patternOf(cron: string): Pattern {
  let pattern = patterns.get(cron);
  if (pattern === undefined) {
    // Croner would also take a date, which is no pattern.
    if (!/^@[a-z]+$/i.test(cron) && !/^\s*\S+(\s+\S+){4,6}\s*$/.test(cron)) throw new Error(FIELDS);
    const walls = new Cron(cron, { utcOffset: 0, paused: true });
    pattern = {
      nextWall: (wall) => walls.nextRun(new Date(wall))?.getTime() ?? null,
      rhythm: /[*?]/.test(hoursOf(cron)),
    };
    if (patterns.size >= MOST_PATTERNS) patterns.clear();
    patterns.set(cron, pattern);
  }
  return pattern;
}

function hoursOf(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  if (fields.length < 5) return fields[0] === "@hourly" ? "*" : "";
  return fields[fields.length === 5 ? 1 : 2] ?? "";
}

/** What is wrong with it; null: nothing. */
export function cronProblem(
  { cron, zone }: CronTimes,
  after: number,
): { path: string; message: string } | null {
  if (!isTimeZone(zone)) {
    return {
      path: "zone",
      message: `there is no time zone "${zone}"; give an IANA name such as America/Mexico_City`,
    };
  }
  try {
    if (nextOf({ cron, zone }, after) !== null) return null;
    return { path: "cron", message: `"${cron}" never comes` };
  } catch (thrown) {
    return { path: "cron", message: reasonOf(thrown) };
  }
}

function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/^CronPattern: /, "").slice(0, 200);
}

/** No zone changes its clocks twice within such a time: Morocco, for Ramadan, leaves a month. */
const STRIDE = 7 * DAY;
/** A fold is over sooner. */
const LOOK_BACK = 25 * HOUR;

/**
 * The first tick after `after` (UTC milliseconds); null: none ever comes. Where the clock is set forward, an
 * appointment in the hour that is left out is kept at the moment of the change; where it is set back, the hour that
 * comes twice keeps it the first time only. A rhythm has no tick in an hour that is left out, and ticks in both of one
 * that comes twice. Throws for a pattern that can't be read.
 */
export function nextOf({ cron, zone }: CronTimes, after: number): number | null {
  const { nextWall, rhythm } = patternOf(cron);
  let at = after;
  let offset = offsetAt(zone, at);
  let wall = nextWall(rhythm ? at + offset : hadUntil(zone, at, offset));
  while (wall !== null) {
    const candidate = wall - offset;
    const until = Math.min(candidate, at + STRIDE);
    const change = firstChange(zone, at, until);
    if (change === null) {
      if (until === candidate) return candidate;
      at = until;
      continue;
    }
    const then = offsetAt(zone, change);
    const leftOut = then > offset && wall < change + then;
    if (leftOut && !rhythm) return change;
    if (leftOut || (then < offset && rhythm)) wall = nextWall(change + then - 1);
    at = change;
    offset = then;
  }
  return null;
}

/** The wall time up to which appointments were kept: in the second pass of a fold, the whole of the first. */
function hadUntil(zone: string, at: number, offset: number): number {
  const from = at - LOOK_BACK;
  const before = offsetAt(zone, from);
  if (before <= offset) return at + offset;
  return Math.max(at + offset, (firstChange(zone, from, at) ?? at) + before - 1);
}

/** The instant in (from, until] at which another offset comes into force. */
function firstChange(zone: string, from: number, until: number): number | null {
  const offset = offsetAt(zone, from);
  if (until <= from || offsetAt(zone, until) === offset) return null;
  let low = from, high = until;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return high;
}
