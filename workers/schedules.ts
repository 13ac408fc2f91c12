import { conversationSchedules } from "../lib/conversations/mod.ts";
import { sweepIdentity } from "../lib/identity/mod.ts";
import { defineSchedule, type Schedule } from "../lib/jobs/mod.ts";
import { ticketSchedules } from "../lib/tickets/mod.ts";
import { messagingSchedules } from "../lib/messaging/mod.ts";
import { connectedCalendarSchedules } from "../lib/connected-calendars/mod.ts";
import { rulesSchedules } from "../lib/rules/mod.ts";
import { applyRetentionJob, dailyBackup, jobRetentionJob, sweepBlobsJob } from "../lib/ops/mod.ts";
import { mailSchedules } from "../lib/mail-in/mod.ts";
import { notificationSchedules } from "../lib/notifications/mod.ts";
import { reportSchedules } from "../lib/reports/mod.ts";
import { consumerSchedules } from "../lib/consumers/mod.ts";
import { watsonSchedules } from "../lib/watson/mod.ts";

/** What recurs. Times are UTC, in the small hours of most customers, one after the other. */
export const schedules: readonly Schedule[] = [
  ...conversationSchedules,
  ...messagingSchedules,
  ...notificationSchedules,
  ...mailSchedules,
  ...reportSchedules,
  ...watsonSchedules,
  ...consumerSchedules,
  ...ticketSchedules,
  ...rulesSchedules,
  ...connectedCalendarSchedules,
  defineSchedule({ name: "ops.daily_backup", cron: "10 3 * * *", job: dailyBackup, payload: {} }),
  defineSchedule({ name: "identity.sweep", cron: "25 3 * * *", job: sweepIdentity, payload: {} }),
  defineSchedule({ name: "ops.job_retention", cron: "*/10 * * * *", job: jobRetentionJob, payload: {} }),
  defineSchedule({ name: "ops.retention", cron: "40 3 * * *", job: applyRetentionJob, payload: {} }),
  defineSchedule({
    name: "ops.sweep_blobs",
    cron: "55 3 * * *",
    job: sweepBlobsJob,
    payload: { after: null },
  }),
];
