import { z } from "zod";
import { toInstant } from "./zone.ts";

/** A day of the calendar, or an instant. */
export const momentSchema = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: "must be a date (2026-11-30) or a time (2026-11-30T09:00:00Z) that exists",
});

const MINUTES_A_DAY = 1440;

/** The instant that a moment begins or ends at: a day is one of the zone's wall clock. */
export function instantOf(moment: string, { zone, edge }: { zone: string; edge: "start" | "end" }): number {
  if (moment.includes("T")) return Date.parse(moment);
  return toInstant(zone, { date: moment, minutes: edge === "start" ? 0 : MINUTES_A_DAY });
}
