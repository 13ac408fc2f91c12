import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { watsonSweep } from "./jobs.ts";

/** What recurs around Watson. */
export const watsonSchedules: readonly Schedule[] = [
  defineSchedule({ name: "watson.sweep", cron: "55 3 * * *", job: watsonSweep, payload: {} }),
];
