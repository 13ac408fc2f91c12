import { HOUR, MINUTE } from "../kernel/clock.ts";

/** A time on the wall clock of a zone. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** 0 Monday to 6 Sunday. */
  readonly weekday: number;
  /** Minutes since midnight. */
  readonly minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    if (formats.size < 500) formats.set(zone, format);
  }
  return format;
}

const known = new Map<string, boolean>();

/** True for an IANA name. Remembers what it found: making a format costs a tenth of a millisecond. */
export function isTimeZone(zone: string): boolean {
  let answer = known.get(zone);
  if (answer === undefined) {
    answer = isAccepted(zone);
    if (known.size < 500) known.set(zone, answer);
  }
  return answer;
}

function isAccepted(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Since then the clocks of every zone change on a quarter of an hour, so one offset serves a whole quarter. */
const QUARTERLY_SINCE = Date.UTC(2012, 0, 1);
const QUARTER = 15 * MINUTE;
const MOST_OFFSETS = 5000;
const offsets = new Map<string, Map<number, number>>();

/** How far the zone's wall clock is ahead of UTC at an instant, in milliseconds. Asking Intl costs microseconds. */
export function offsetAt(zone: string, at: number): number {
  if (at < QUARTERLY_SINCE) return readOffset(zone, at);
  let known = offsets.get(zone);
  if (known === undefined) {
    known = new Map();
    if (offsets.size < 100) offsets.set(zone, known);
  }
  const quarter = Math.floor(at / QUARTER);
  let offset = known.get(quarter);
  if (offset === undefined) {
    offset = readOffset(zone, quarter * QUARTER);
    if (known.size >= MOST_OFFSETS) known.clear();
    known.set(quarter, offset);
  }
  return offset;
}

function readOffset(zone: string, at: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

export function localTime(zone: string, at: number): LocalTime {
  const wall = new Date(at + offsetAt(zone, at));
  return {
    date: wall.toISOString().slice(0, 10),
    weekday: (wall.getUTCDay() + 6) % 7,
    minutes: wall.getUTCHours() * 60 + wall.getUTCMinutes(),
  };
}

/** `YYYY-MM-DD`, `days` after `date`. */
export function localDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10);
}

/**
 * The instant of a wall-clock time, which may be past midnight (`minutes` over 1440 is the next day). A time that
 * the spring change skips is the moment of the change; of one that comes twice in autumn, the first.
 */
export function toInstant(zone: string, { date, minutes }: { date: string; minutes: number }): number {
  const wall = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE;
  const before = wall - offsetAt(zone, wall - 24 * HOUR);
  const after = wall - offsetAt(zone, wall + 24 * HOUR);
  for (const candidate of [Math.min(before, after), Math.max(before, after)]) {
    if (candidate + offsetAt(zone, candidate) === wall) return candidate;
  }
  return changeBetween(zone, Math.min(before, after), Math.max(before, after));
}

/** The first instant after `low` at which the offset of `high` is in force. */
function changeBetween(zone: string, low: number, high: number): number {
  const target = offsetAt(zone, high);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === target) high = middle;
    else low = middle;
  }
  return high;
}
