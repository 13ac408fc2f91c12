import { z } from "zod";
import { localDate, localTime, toInstant } from "./zone.ts";

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

/** Stretches of days that move with the clock. Weeks begin on Monday; the present one goes up to today. */
export const RANGES = ["today", "yesterday", "week", "last_week", "month", "last_month"] as const;
export type Range = typeof RANGES[number];

/** First and last day (`YYYY-MM-DD`) of a stretch in a zone. */
export function daysOf(
  range: Range,
  { zone, now }: { zone: string; now: number },
): { readonly from: string; readonly to: string } {
  const { date: today, weekday } = localTime(zone, now);
  const [yesterday, monday, first] = [
    localDate(today, -1),
    localDate(today, -weekday),
    `${today.slice(0, 7)}-01`,
  ];
  const lastOfBefore = localDate(first, -1);
  const days = {
    today: { from: today, to: today },
    yesterday: { from: yesterday, to: yesterday },
    week: { from: monday, to: today },
    last_week: { from: localDate(monday, -7), to: localDate(monday, -1) },
    month: { from: first, to: today },
    last_month: { from: `${lastOfBefore.slice(0, 7)}-01`, to: lastOfBefore },
  } as const satisfies Record<Range, { from: string; to: string }>;
  return days[range];
}
