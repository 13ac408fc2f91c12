import { defineSchedule, type Schedule } from "../jobs/mod.ts";
import { ticketsRetentionSweep } from "./jobs.ts";

/** What recurs around tickets. */
export const ticketSchedules: readonly Schedule[] = [
  defineSchedule({ name: "tickets.retention", cron: "22 3 * * *", job: ticketsRetentionSweep, payload: {} }),
];
