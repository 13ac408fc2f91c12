import { defineSchedule, type Schedule } from "../lib/jobs/mod.ts";
import { applyRetentionJob, dailyBackup } from "../lib/ops/mod.ts";

/** What recurs. Times are UTC, in the small hours of most customers, one after the other. */
export const schedules: readonly Schedule[] = [
  defineSchedule({ name: "ops.daily_backup", cron: "10 3 * * *", job: dailyBackup, payload: {} }),
  defineSchedule({ name: "ops.retention", cron: "40 3 * * *", job: applyRetentionJob, payload: {} }),
];
