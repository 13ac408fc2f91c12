import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { retentionSweep } from "./jobs.ts";

/** What recurs in the conversations. */
export const conversationSchedules: readonly Schedule[] = [
  defineSchedule({ name: "conversations.retention", cron: "20 3 * * *", job: retentionSweep, payload: {} }),
];
