import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { reportsExpire } from "./jobs.ts";

/** What recurs in the reports. */
export const reportSchedules: readonly Schedule[] = [
  defineSchedule({ name: "reports.expire", cron: "50 3 * * *", job: reportsExpire, payload: {} }),
];
