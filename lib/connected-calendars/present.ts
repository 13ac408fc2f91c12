import { iso, isoOrNull } from "../kernel/clock.ts";
import type { CALENDAR_STATES } from "./schemas.ts";
import type { ConnectionRow } from "./store.ts";

export interface ConnectionView {
  readonly id: string;
  readonly operator_id: string;
  readonly name: string;
  /** Where it is; the address itself is never shown. */
  readonly host: string;
  readonly state: typeof CALENDAR_STATES[number];
  readonly error: string | null;
  readonly looked_at: string | null;
  /** Busy times are as they were then. */
  readonly read_at: string | null;
  readonly next_look_at: string;
  readonly events: number;
  readonly skipped_events: number;
  readonly created_at: string;
}

export function connectionView(row: ConnectionRow): ConnectionView {
  return {
    id: row.id,
    operator_id: row.operatorId,
    name: row.name,
    host: row.host,
    state: row.lookedAt === null ? "waiting" : row.error === null ? "ok" : "failing",
    error: row.error,
    looked_at: isoOrNull(row.lookedAt),
    read_at: isoOrNull(row.readAt),
    next_look_at: iso(row.nextLookAt),
    events: row.events,
    skipped_events: row.skipped,
    created_at: iso(row.createdAt),
  };
}

/** A calendar whose times may have changed since it could be read. */
export interface UnreadableView {
  readonly operator_id: string;
  readonly calendar_id: string;
  readonly name: string;
  readonly read_at: string | null;
}

export function unreadableView({ id, operatorId, name, readAt }: ConnectionRow): UnreadableView {
  return { operator_id: operatorId, calendar_id: id, name, read_at: isoOrNull(readAt) };
}
