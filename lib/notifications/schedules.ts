import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { notificationSweep } from "./jobs.ts";

/** What recurs around notifications. */
export const notificationSchedules: readonly Schedule[] = [
  defineSchedule({ name: "notification.sweep", cron: "* * * * *", job: notificationSweep, payload: {} }),
];
