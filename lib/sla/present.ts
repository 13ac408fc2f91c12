import { iso, isoOrNull, MINUTE } from "../kernel/clock.ts";
import type { CalendarRow } from "./store-calendars.ts";
import type { ClockRow } from "./store-clocks.ts";
import type { PolicyRow } from "./store-policies.ts";

export function toCalendarDto({ id, name, isDefault, version, calendar, createdAt, updatedAt }: CalendarRow) {
  return {
    id,
    name,
    ...calendar,
    default: isDefault,
    version,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
  };
}

export function toPolicyDto(row: PolicyRow) {
  const { id, name, description, counts, calendarId, targets, warn, isDefault } = row;
  return {
    id,
    name,
    description,
    counts,
    calendar_id: calendarId,
    targets,
    warn,
    default: isDefault,
    version: row.version,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

/** Times of a clock that pauses are null: they are known when it runs again. */
export function toClockDto(row: ClockRow) {
  const { id, ticketId, kind, policyId, priority, state, targetMs, elapsedMs } = row;
  return {
    id,
    ticket_id: ticketId,
    clock: kind,
    policy_id: policyId,
    priority,
    state,
    target_minutes: targetMs === null ? null : targetMs / MINUTE,
    /** Up to `running_since`, or in all when it does not run. */
    counted_minutes: elapsedMs / MINUTE,
    running_since: isoOrNull(row.since),
    warn_at: isoOrNull(row.warnAt),
    due_at: isoOrNull(row.dueAt),
    warned_at: isoOrNull(row.warnedAt),
    breached_at: isoOrNull(row.breachedAt),
    ended_at: isoOrNull(row.endedAt),
    created_at: iso(row.createdAt),
  };
}
