import type { Calendar, DayHours, Shift } from "./calendar.ts";
import { WEEKDAYS } from "./calendar.ts";
import { localDate, localTime, toInstant } from "./zone.ts";

/** How far ahead an opening is looked for: a business that is closed for longer has no next opening. */
const HORIZON_DAYS = 400;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Whether the business is open at an instant (UTC milliseconds). The end of a shift is already closed. */
export function isOpen(calendar: Calendar, at: number): boolean {
  if (calendar.hours === null && calendar.holidays.length === 0) return true;
  const { date } = localTime(calendar.timezone, at);
  return [localDate(date, -1), date].some((day) =>
    spansOf(calendar, day).some(({ start, end }) => start <= at && at < end)
  );
}

/** `at` itself when open, else the next moment at which it opens; null when it never does within 400 days. */
export function nextOpening(calendar: Calendar, at: number): number | null {
  if (isOpen(calendar, at)) return at;
  const { date } = localTime(calendar.timezone, at);
  for (let day = 0; day <= HORIZON_DAYS; day++) {
    const starts = spansOf(calendar, localDate(date, day)).map(({ start }) => start).filter((start) =>
      start > at
    );
    if (starts.length > 0) return Math.min(...starts);
  }
  return null;
}

/** The open spans that begin on a day, as instants. */
function spansOf(calendar: Calendar, date: string): Span[] {
  return shiftsOf(calendar, date).map(({ from, to }) => {
    const start = minutesOf(from);
    const end = minutesOf(to);
    return {
      start: toInstant(calendar.timezone, { date, minutes: start }),
      end: toInstant(calendar.timezone, { date, minutes: end > start ? end : end + 24 * 60 }),
    };
  });
}

const ALL_DAY: readonly Shift[] = [{ from: "00:00", to: "24:00" }];

function shiftsOf(calendar: Calendar, date: string): DayHours {
  const holiday = calendar.holidays.find((day) => day.date === date);
  if (holiday !== undefined) return holiday.hours ?? [];
  if (calendar.hours === null) return ALL_DAY;
  const weekday = WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];
  return (weekday === undefined ? undefined : calendar.hours[weekday]) ?? [];
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
