import { addBusinessTime, ALWAYS_OPEN, type Calendar } from "../business-time/mod.ts";
import { DAY, MINUTE } from "../kernel/clock.ts";
import type { Mark, OtherTime } from "./catalogue.ts";
import type { When } from "./schemas.ts";

type Since = Extract<When, { since: unknown }>;

/** A time of a ticket. */
export type Timed = Since & { readonly since: Mark };
/** A time of a visit or a conversation. */
export type OfSubject = Extract<When, { before: unknown }> | (Since & { readonly since: OtherTime });

export function isTimed(when: When): when is Timed {
  return "since" in when && when.since !== "conversation_waits";
}

export function isOfSubject(when: When): when is OfSubject {
  return otherTimeOf(when) !== null;
}

export function otherTimeOf(when: When): OtherTime | null {
  if ("before" in when) return when.before;
  return "since" in when && when.since === "conversation_waits" ? when.since : null;
}

/** How long a rule waits, as its timers name it. */
export function waitOf(when: Timed | OfSubject): string {
  return `${when.minutes} ${"before" in when ? "before" : when.counts}`;
}

/** A timer of a rule that is to wait otherwise by now is void: it has another. Those of versions before name no wait. */
export function isVoid({ wait }: { wait?: string | undefined }, when: Timed | OfSubject): boolean {
  return wait !== undefined && wait !== waitOf(when);
}

/**
 * When a rule's time has come: so long after `at`, since when it has been so, or so long before it; null: never, by
 * this calendar.
 */
export function dueOf(
  when: Timed | OfSubject,
  { at, calendar }: { at: number; calendar: Calendar },
): number | null {
  if ("before" in when) return at - when.minutes * MINUTE;
  return addBusinessTime(when.counts === "wall" ? ALWAYS_OPEN : calendar, at, when.minutes * MINUTE);
}

/** While no hours let a time come, its timer looks so often whether it still stands. */
const WHILE_NEVER = 30 * DAY;

/**
 * When the timer of a rule is to look. One whose time never comes by this calendar waits all the same: other hours
 * bring it nearer as they do any other.
 */
export function lookAt(
  when: Timed | OfSubject,
  { at, calendar, now }: { at: number; calendar: Calendar; now: number },
): number {
  return dueOf(when, { at, calendar }) ?? now + WHILE_NEVER;
}
