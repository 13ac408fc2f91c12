import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { rulesSweep } from "./jobs.ts";

/** What recurs around rules. */
export const rulesSchedules: readonly Schedule[] = [
  defineSchedule({ name: "rules.sweep", cron: "55 3 * * *", job: rulesSweep, payload: {} }),
];
