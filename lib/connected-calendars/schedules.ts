import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { calendarSweep } from "./jobs.ts";

/** What recurs around connected calendars. */
export const connectedCalendarSchedules: readonly Schedule[] = [
  defineSchedule({ name: "connected_calendars.sweep", cron: "*/5 * * * *", job: calendarSweep, payload: {} }),
];
