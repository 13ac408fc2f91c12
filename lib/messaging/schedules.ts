import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { messagingSweep } from "./jobs.ts";

/** What recurs around messages. */
export const messagingSchedules: readonly Schedule[] = [
  defineSchedule({ name: "messaging.sweep", cron: "* * * * *", job: messagingSweep, payload: {} }),
];
