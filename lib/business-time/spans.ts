import { type Calendar, shiftsOf } from "./calendar.ts";
import { localDate, toInstant } from "./zone.ts";

/** A stretch of open time: instants, the end excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Days of a calendar that are kept: what is promised and looked at lies within some weeks. */
const MOST_DAYS = 40;
const known = new WeakMap<Calendar, Map<string, readonly Span[]>>();

/** The same spans for the same calendar and day, reckoned once: a calendar is never changed, another takes its place. */
export function openSpans(calendar: Calendar, date: string): readonly Span[] {
  let days = known.get(calendar);
  if (days === undefined) known.set(calendar, days = new Map());
  let spans = days.get(date);
  if (spans === undefined) {
    if (days.size >= MOST_DAYS) days.clear();
    days.set(date, spans = reckonSpans(calendar, date));
  }
  return spans;
}

/**
 * The open stretches within a local day, apart and in order, with what a shift of the day before left over. Days
 * follow each other without gap or overlap, so walking them meets each open instant once.
 */
function reckonSpans(calendar: Calendar, date: string): Span[] {
  const spans = [...shiftSpans(calendar, localDate(date, -1)), ...shiftSpans(calendar, date)];
  if (spans.length === 0) return spans;
  const dawn = toInstant(calendar.timezone, { date, minutes: 0 });
  const dusk = toInstant(calendar.timezone, { date: localDate(date, 1), minutes: 0 });
  const apart: Span[] = [];
  let reached = dawn;
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const start = Math.max(span.start, reached);
    const end = Math.min(span.end, dusk);
    if (start >= end) continue;
    apart.push({ start, end });
    reached = end;
  }
  return apart;
}

/** The shifts that begin on a date, as instants: each from when the clock first shows its beginning until its end. */
function shiftSpans(calendar: Calendar, date: string): Span[] {
  return shiftsOf(calendar, date).map(({ from, to }) => {
    const start = minutesOf(from);
    const end = minutesOf(to);
    return {
      start: toInstant(calendar.timezone, { date, minutes: start }),
      end: toInstant(calendar.timezone, { date, minutes: end > start ? end : end + 24 * 60 }),
    };
  });
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
