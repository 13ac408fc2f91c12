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

/** The shifts of one day; none: closed. */
export type DayHours = readonly Shift[];

/** When a business is open, on its own wall clock. */
export interface Calendar {
  /** IANA name, such as `America/Monterrey`. */
  readonly timezone: string;
  /** null: always open. A weekday that is not named is closed. */
  readonly hours: { readonly [day in Weekday]?: DayHours | undefined } | null;
  /** Days (`YYYY-MM-DD`) with other hours than their weekday's; without `hours` closed. */
  readonly holidays: readonly { readonly date: string; readonly hours?: DayHours | undefined }[];
}
