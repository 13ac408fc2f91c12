import { ALWAYS_OPEN, type Calendar, reaches, rebase } from "../business-time/mod.ts";
import { MINUTE } from "../kernel/clock.ts";
import type { ClockKind, SlaPriority, SlaTargets, SlaWarning } from "../../db/schema/sla.ts";
import type { ClockRow } from "./store-clocks.ts";

/** What a calendar said, and since when. */
export interface Revision {
  readonly revision: number;
  readonly calendar: Calendar;
  readonly fromAt: number;
}

/** A calendar's revisions from the one that a clock counts by to the one that holds now. */
export interface Timeline {
  readonly first: Revision;
  readonly later: readonly Revision[];
}

export const WALL_CLOCK: Timeline = { first: { revision: 0, calendar: ALWAYS_OPEN, fromAt: 0 }, later: [] };

export const holding = ({ first, later }: Timeline): Revision => later.at(-1) ?? first;

/** In milliseconds; null: nothing is promised, or nobody is warned. */
export interface Target {
  readonly targetMs: number | null;
  readonly warnMs: number | null;
}

/** What a policy promises of tickets of a priority. */
export function targetOf(
  { targets, warn }: { readonly targets: SlaTargets; readonly warn: SlaWarning | null },
  { kind, priority }: { readonly kind: ClockKind; readonly priority: SlaPriority },
): Target {
  const minutes = targets[kind]?.[priority] ?? null;
  if (minutes === null) return { targetMs: null, warnMs: null };
  const targetMs = minutes * MINUTE;
  return { targetMs, warnMs: warn === null ? null : warnAfter(warn, targetMs) };
}

/** A warning that would come at once, or with the breach, is none. */
function warnAfter(warn: SlaWarning, targetMs: number): number | null {
  const after = "percent" in warn
    ? Math.round(targetMs * warn.percent / 100)
    : targetMs - warn.minutes * MINUTE;
  return after > 0 && after < targetMs ? after : null;
}

const watchOf = ({ elapsedMs, since }: ClockRow) => ({ elapsed: elapsedMs, since });

/** Counts by the calendar that holds now; time before its change stays counted by the former one. */
export function caughtUp(row: ClockRow, timeline: Timeline): ClockRow {
  if (timeline.later.length === 0) return row;
  let watch = watchOf(row);
  let before = timeline.first;
  for (const next of timeline.later) {
    watch = rebase(before.calendar, watch, next.fromAt);
    before = next;
  }
  const moved = { ...row, elapsedMs: watch.elapsed, since: watch.since, calendarRevision: before.revision };
  return timed(moved, before.calendar);
}

/** With the instants at which it warns and is due; a broken promise keeps the one at which it broke. */
export function timed(row: ClockRow, calendar: Calendar): ClockRow {
  if (row.state === "breached") return row;
  const at = (ms: number | null) => ms === null ? null : reaches(calendar, watchOf(row), ms);
  return { ...row, dueAt: at(row.targetMs), warnAt: row.warnedAt === null ? at(row.warnMs) : null };
}

/** Broken, when its time is over. The instant at which it is due is too late already. */
export function broken(row: ClockRow, now: number): ClockRow {
  if (row.state !== "running" || row.dueAt === null || row.dueAt > now) return row;
  return { ...row, state: "breached", breachedAt: row.dueAt, warnAt: null };
}

/** What time has made of it by now: broken, or near to it. */
export function judged(row: ClockRow, now: number): ClockRow {
  const after = broken(row, now);
  const warns = after.state === "running" && after.warnAt !== null && after.warnAt <= now;
  return warns ? { ...after, warnedAt: now, warnAt: null } : after;
}

/** When to look at it next; null: time alone changes nothing. */
export function nextLook({ state, warnAt, dueAt }: ClockRow): number | null {
  return state === "running" ? warnAt ?? dueAt : null;
}

/** The next promise that falls due, or the first that was broken and is still to be kept; null: there is none. */
export function nextDue(rows: readonly ClockRow[]): number | null {
  const due = rows.flatMap(({ dueAt, endedAt }) => dueAt === null || endedAt !== null ? [] : [dueAt]);
  return due.length === 0 ? null : Math.min(...due);
}
