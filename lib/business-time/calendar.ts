export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = typeof WEEKDAYS[number];

/** `HH:MM` on the wall clock. `to` may be `24:00`; a `to` that is not after `from` is on the next day. */
export interface Shift {
  readonly from: string;
  readonly to: string;
}

/** The shifts of one day; none: closed. A shift belongs to the day on which it begins. */
export type DayHours = readonly Shift[];

/** A day with other hours than its weekday's. */
export interface Holiday {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Comes each year; a holiday that is set for one day's whole date goes before it. */
  readonly yearly?: boolean | undefined;
  /** Without hours closed. */
  readonly hours?: DayHours | undefined;
}

/** When a business is open, on its own wall clock. */
export interface Calendar {
  /** IANA name, such as `America/Monterrey`. */
  readonly timezone: string;
  /** null: always open. A weekday that is not named is closed. */
  readonly hours: { readonly [day in Weekday]?: DayHours | undefined } | null;
  readonly holidays: readonly Holiday[];
}

/** Time as the wall clock's own: every minute counts. */
export const ALWAYS_OPEN: Calendar = { timezone: "UTC", hours: null, holidays: [] };

const ALL_DAY: DayHours = [{ from: "00:00", to: "24:00" }];
const CLOSED: DayHours = [];

/** Every minute of the calendar counts, so no day has to be looked at. */
export function isAlwaysOpen(calendar: Calendar): boolean {
  return calendar.hours === null && calendar.holidays.length === 0;
}

/** The shifts that begin on a date. */
export function shiftsOf({ hours, holidays }: Calendar, date: string): DayHours {
  const holiday = holidays.find((day) => day.date === date && day.yearly !== true) ??
    holidays.find((day) => day.yearly === true && day.date.slice(5) === date.slice(5));
  if (holiday !== undefined) return holiday.hours ?? CLOSED;
  if (hours === null) return ALL_DAY;
  const weekday = WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];
  return (weekday === undefined ? undefined : hours[weekday]) ?? CLOSED;
}
