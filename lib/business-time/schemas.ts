import { z } from "zod";
import { cleanText } from "../kernel/text.ts";
import { WEEKDAYS } from "./calendar.ts";
import { isTimeZone } from "./zone.ts";

const time = z.string().regex(
  /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/,
  "must be a time such as 09:30, up to 24:00",
);
const shift = z.object({ from: time.meta({ example: "09:00" }), to: time.meta({ example: "14:00" }) })
  .refine(({ from, to }) => from !== to && from !== "24:00", "must have a beginning and an end that differ");
const day = z.array(shift).max(8);
/** A day that exists: 31 February is none. */
export const dateInput = z.iso.date("must be a day such as 2026-12-25");

/** A holiday may be written as its date alone. */
const holiday = z.preprocess(
  (value) => typeof value === "string" ? { date: value } : value,
  z.object({
    date: dateInput.meta({ example: "2026-12-25" }),
    name: z.string().max(120).transform((value) => cleanText(value).trim()).optional().meta({
      example: "Navidad",
    }),
    /** On the same day of each year. */
    yearly: z.boolean().optional().meta({ example: true }),
    hours: day.optional(),
  }),
);

export const timezoneInput = z.string().max(60)
  .refine(isTimeZone, "must be a time zone such as America/Monterrey");

/** The fields of a calendar, for what carries one. */
export const calendarFields = {
  timezone: timezoneInput,
  /** null: always open. */
  hours: z.partialRecord(z.enum(WEEKDAYS), day).nullable(),
  holidays: z.array(holiday).max(400),
};

/** The hours and holidays of a calendar as they are stored. */
export type CalendarHours = z.output<typeof calendarFields.hours>;
export type CalendarHolidays = z.output<typeof calendarFields.holidays>;

export const calendarSchema = z.object(calendarFields);
/** A calendar as it is kept: holidays carry their names. */
export type KeptCalendar = z.output<typeof calendarSchema>;
