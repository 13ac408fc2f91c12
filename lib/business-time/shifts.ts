import type { Calendar } from "./calendar.ts";
import { isAlwaysOpen } from "./calendar.ts";
import { HORIZON_DAYS } from "./open.ts";
import { openSpans, type Span } from "./spans.ts";
import { localDate, localTime, toInstant } from "./zone.ts";

/** The open time between two instants, in order; stretches that touch are one. */
export function openBetween(calendar: Calendar, { start, end }: Span): Span[] {
  if (end <= start) return [];
  if (isAlwaysOpen(calendar)) return [{ start, end }];
  const last = localTime(calendar.timezone, end).date;
  const found: Span[] = [];
  for (let day = localTime(calendar.timezone, start).date; day <= last; day = localDate(day, 1)) {
    for (const span of openSpans(calendar, day)) {
      const cut = { start: Math.max(span.start, start), end: Math.min(span.end, end) };
      if (cut.start < cut.end) found.push(cut);
    }
  }
  return mergeSpans(found);
}

/** Spans in order, those that touch or overlap made one. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start > last.end) merged.push(span);
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return merged;
}

/** When it next opens after having been closed; null: not within 400 days, or it never closes. */
export function nextShiftStart(calendar: Calendar, after: number): number | null {
  const { date } = localTime(calendar.timezone, after);
  // Most shifts begin within days, so the whole horizon is the last thing to look through.
  for (const days of [2, 9, HORIZON_DAYS]) {
    const end = toInstant(calendar.timezone, { date: localDate(date, days), minutes: 0 });
    const next = openBetween(calendar, { start: after - 1, end }).find(({ start }) => start > after);
    if (next !== undefined) return next.start;
  }
  return null;
}
