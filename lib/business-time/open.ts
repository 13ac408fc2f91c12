import { type Calendar, isAlwaysOpen } from "./calendar.ts";
import { openSpans } from "./spans.ts";
import { localDate, localTime } from "./zone.ts";

/** How far ahead an opening is looked for: a business that is closed for longer has no next opening. */
export const HORIZON_DAYS = 400;

/** Whether the business is open at an instant (UTC milliseconds). The end of a shift is already closed. */
export function isOpen(calendar: Calendar, at: number): boolean {
  if (isAlwaysOpen(calendar)) return true;
  const { date } = localTime(calendar.timezone, at);
  return openSpans(calendar, date).some(({ start, end }) => start <= at && at < end);
}

/** `at` itself when open, else the next moment at which it opens; null when it never does within 400 days. */
export function nextOpening(calendar: Calendar, at: number): number | null {
  if (isAlwaysOpen(calendar)) return at;
  const { date } = localTime(calendar.timezone, at);
  for (let day = 0; day <= HORIZON_DAYS; day++) {
    const span = openSpans(calendar, localDate(date, day)).find(({ end }) => end > at);
    if (span !== undefined) return Math.max(span.start, at);
  }
  return null;
}
