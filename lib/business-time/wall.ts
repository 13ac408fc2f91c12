import { offsetAt } from "./zone.ts";
import { DAY, MINUTE } from "../kernel/clock.ts";

const QUARTER = 15 * MINUTE;
const MOST_KEPT = 20_000;

/**
 * The wall clock of a zone as milliseconds that read as if they were UTC. Offsets change on a quarter of an hour only,
 * so one look-up serves a quarter.
 */
export function wallClock(zone: string): (at: number) => number {
  const offsets = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetAt(zone, quarter * QUARTER);
      if (offsets.size >= MOST_KEPT) offsets.clear();
      offsets.set(quarter, offset);
    }
    return at + offset;
  };
}

/** The ISO 8601 week, such as `2026-W48`. */
function isoWeek(wall: number): string {
  const day = Math.floor(wall / DAY) * DAY;
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  const thursday = new Date(day + (3 - weekday) * DAY);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY));
  return `${year}-W${String(week).padStart(2, "0")}`;
}

/** The name of the bucket that a wall-clock time (of `wallClock`) falls into. Weekdays count from 1, Monday (ISO 8601). */
export const WALL_BUCKETS = {
  hour: (wall) => `${new Date(wall).toISOString().slice(0, 13).replace("T", " ")}:00`,
  day: (wall) => new Date(wall).toISOString().slice(0, 10),
  week: isoWeek,
  month: (wall) => new Date(wall).toISOString().slice(0, 7),
  weekday: (wall) => String((new Date(wall).getUTCDay() + 6) % 7 + 1),
  hour_of_day: (wall) => String(new Date(wall).getUTCHours()).padStart(2, "0"),
} as const satisfies Record<string, (wall: number) => string>;
