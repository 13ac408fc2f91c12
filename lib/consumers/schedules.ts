import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { eventsConsume } from "./jobs.ts";

/** What recurs around consumers: where a process stays alive it has mostly read everything by then. */
export const consumerSchedules: readonly Schedule[] = [
  defineSchedule({ name: "events.consume", cron: "* * * * *", job: eventsConsume, payload: {} }),
];
