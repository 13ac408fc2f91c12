import {
  calendarLook,
  calendarSweep,
  lookAtCalendar,
  sweepCalendars,
} from "../../lib/connected-calendars/mod.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";

/** What connected calendars say. A look that runs twice writes the same twice. */
export const connectedCalendarHandlers: readonly JobHandler[] = [
  handler(calendarLook, lookAtCalendar),
  handler(calendarSweep, (ctx) => sweepCalendars(ctx)),
];
