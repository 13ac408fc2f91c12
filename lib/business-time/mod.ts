export { isOpen, nextOpening } from "./open.ts";
export {
  ALWAYS_OPEN,
  type Calendar,
  type DayHours,
  type Holiday,
  type Shift,
  type Weekday,
  WEEKDAYS,
} from "./calendar.ts";
export { addBusinessTime, businessTimeBetween, subtractBusinessTime } from "./measure.ts";
export { isOpenNow, mergeSpans, nextShiftStart, openBetween } from "./shifts.ts";
export type { Span } from "./spans.ts";
export { elapsedAt, pause, reaches, rebase, resume, type Stopwatch } from "./stopwatch.ts";
export { isTimeZone, localDate, type LocalTime, localTime, offsetAt, toInstant } from "./zone.ts";
export { WALL_BUCKETS, wallClock } from "./wall.ts";
export { writtenDay, writtenTime } from "./written.ts";
export { daysOf, instantOf, momentSchema, type Range, RANGES } from "./moment.ts";
