import type { Calendar, DayHours } from "../../../lib/business-time/mod.ts";

const MINUTE = 60_000;

/**
 * Which minutes are open, found by walking them one by one: a shift lasts from the first minute at which the wall
 * clock shows its beginning or later until the first at which it shows its end or later. Wall clocks come from
 * Temporal; nothing here is the code that it judges.
 */
export interface Minutes {
  readonly start: number;
  readonly open: readonly boolean[];
}

const NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** What the wall clock shows at each minute, in minutes, and the dates that it shows. */
interface Wall {
  readonly shown: readonly number[];
  readonly dates: ReadonlySet<string>;
}

/** Reading a wall clock costs more than all the rest, and many calendars look at the same one. */
const walls = new Map<string, Wall>();

function wallOf(timezone: string, from: number, minutes: number): Wall {
  const key = `${timezone} ${from} ${minutes}`;
  const known = walls.get(key);
  if (known !== undefined) return known;
  const shown: number[] = [];
  const dates = new Set<string>();
  let zoned = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timezone);
  for (let i = 0; i < minutes; i++) {
    const date = zoned.toPlainDate().toString();
    dates.add(date);
    shown.push(Date.parse(`${date}T00:00:00Z`) / MINUTE + zoned.hour * 60 + zoned.minute);
    zoned = zoned.add({ minutes: 1 });
  }
  walls.set(key, { shown, dates });
  return { shown, dates };
}

export function minutesOf(calendar: Calendar, { start, days }: { start: number; days: number }): Minutes {
  const margin = 3 * 1440;
  const { shown, dates } = wallOf(calendar.timezone, start - margin * MINUTE, days * 1440 + 2 * margin);
  const open = shown.map(() => false);
  const firstAt = (minute: number) => {
    const index = shown.findIndex((at) => at >= minute);
    return index < 0 ? shown.length : index;
  };
  for (const date of dates) {
    const midnight = Date.parse(`${date}T00:00:00Z`) / MINUTE;
    for (const { from, to } of shifts(calendar, date)) {
      const [begin, end] = [clock(from), clock(to)];
      const last = firstAt(midnight + (end > begin ? end : end + 1440));
      for (let i = firstAt(midnight + begin); i < last; i++) open[i] = true;
    }
  }
  return { start, open: open.slice(margin, open.length - margin) };
}

function shifts({ hours, holidays }: Calendar, date: string): DayHours {
  const ofDay = holidays.filter((holiday) => !holiday.yearly && holiday.date === date);
  const ofYear = holidays.filter((holiday) => holiday.yearly && holiday.date.slice(5) === date.slice(5));
  const [holiday] = [...ofDay, ...ofYear];
  if (holiday) return holiday.hours ?? [];
  if (hours === null) return [{ from: "00:00", to: "24:00" }];
  const weekday = NAMES[Temporal.PlainDate.from(date).dayOfWeek - 1];
  return (weekday === undefined ? undefined : hours[weekday]) ?? [];
}

function clock(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** Open minutes between two whole minutes of the range. */
export function countOpen({ start, open }: Minutes, from: number, to: number): number {
  return open.slice((from - start) / MINUTE, (to - start) / MINUTE).filter(Boolean).length;
}
