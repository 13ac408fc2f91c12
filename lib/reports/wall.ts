import { localTime } from "../business-time/mod.ts";
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
      const start = quarter * QUARTER;
      const { date, minutes } = localTime(zone, start);
      offset = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE - start;
      if (offsets.size >= MOST_KEPT) offsets.clear();
      offsets.set(quarter, offset);
    }
    return at + offset;
  };
}

/** The ISO 8601 week of a wall-clock time, such as `2026-W48`. */
export function isoWeek(wall: number): string {
  const day = Math.floor(wall / DAY) * DAY;
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  const thursday = new Date(day + (3 - weekday) * DAY);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY));
  return `${year}-W${String(week).padStart(2, "0")}`;
}
