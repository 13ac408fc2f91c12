export { isOpen, nextOpening } from "./open.ts";
export { type Calendar, type DayHours, type Shift, type Weekday, WEEKDAYS } from "./calendar.ts";
export { isTimeZone, localDate, type LocalTime, localTime, toInstant } from "./zone.ts";
