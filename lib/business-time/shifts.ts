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

interface Answer extends Span {
  readonly open: boolean;
}

const answers = new WeakMap<Calendar, Answer>();

/** `isOpen` for who asks often of one calendar object: what was found holds until the next opening or closing. */
export function isOpenNow(calendar: Calendar, at: number): boolean {
  if (isAlwaysOpen(calendar)) return true;
  let answer = answers.get(calendar);
  if (answer === undefined || at < answer.start || at >= answer.end) {
    answers.set(calendar, answer = answerAt(calendar, at));
  }
  return answer.open;
}

function answerAt(calendar: Calendar, at: number): Answer {
  const { timezone } = calendar;
  const { date } = localTime(timezone, at);
  const spans = openSpans(calendar, date);
  const inside = spans.find(({ start, end }) => start <= at && at < end);
  if (inside !== undefined) return { ...inside, open: true };
  const dusk = toInstant(timezone, { date: localDate(date, 1), minutes: 0 });
  const next = spans.find(({ start }) => start > at)?.start ?? dusk;
  return { start: at, end: next, open: false };
}
