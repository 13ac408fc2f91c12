import { addBusinessTime, ALWAYS_OPEN, type Calendar } from "../business-time/mod.ts";
import { MINUTE } from "../kernel/clock.ts";
import type { When } from "./schemas.ts";

export type Timed = Extract<When, { since: unknown }>;

export function isTimed(when: When): when is Timed {
  return "since" in when;
}

/** When a ticket that has been so since `at` has been so for long enough; null: never, by this calendar. */
export function dueOf({ minutes, counts }: Timed, { at, calendar }: { at: number; calendar: Calendar }) {
  return addBusinessTime(counts === "wall" ? ALWAYS_OPEN : calendar, at, minutes * MINUTE);
}
