import { type Calendar, isAlwaysOpen } from "./calendar.ts";
import { HORIZON_DAYS } from "./open.ts";
import { openSpans } from "./spans.ts";
import { localDate, localTime } from "./zone.ts";

/** No sum of business time is looked for beyond ten years. */
const MAX_DAYS = 3660;

/** Open milliseconds from one instant to a later one; 0 when `to` is not after `from`. */
export function businessTimeBetween(calendar: Calendar, from: number, to: number): number {
  if (to <= from) return 0;
  if (isAlwaysOpen(calendar)) return to - from;
  const last = localTime(calendar.timezone, to).date;
  let sum = 0;
  for (let { date } = localTime(calendar.timezone, from); date <= last; date = localDate(date, 1)) {
    for (const { start, end } of openSpans(calendar, date)) {
      sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
  }
  return sum;
}

/**
 * The earliest instant by which `ms` of business time have gone by since `from`: `from` itself for nothing, and the
 * moment of closing when a shift just suffices. null when the calendar does not hold as much within ten years, or
 * stays closed for 400 days.
 */
export function addBusinessTime(calendar: Calendar, from: number, ms: number): number | null {
  return walk(calendar, { from, ms, step: 1 });
}

/** The latest instant from which `ms` of business time go by until `to`; null as for `addBusinessTime`. */
export function subtractBusinessTime(calendar: Calendar, to: number, ms: number): number | null {
  return walk(calendar, { from: to, ms, step: -1 });
}

function walk(
  calendar: Calendar,
  { from, ms, step }: { from: number; ms: number; step: 1 | -1 },
): number | null {
  if (ms <= 0) return from;
  if (isAlwaysOpen(calendar)) return from + step * ms;
  let left = ms;
  let { date } = localTime(calendar.timezone, from);
  for (let day = 0, idle = 0; day < MAX_DAYS && idle <= HORIZON_DAYS; day++, idle++) {
    const spans = openSpans(calendar, date);
    for (const { start, end } of step === 1 ? spans : spans.toReversed()) {
      const near = step === 1 ? Math.max(start, from) : Math.min(end, from);
      const length = step === 1 ? end - near : near - start;
      if (length <= 0) continue;
      if (length >= left) return near + step * left;
      left -= length;
      idle = 0;
    }
    date = localDate(date, step);
  }
  return null;
}
