import { iso, isoOrNull, SECOND } from "../kernel/clock.ts";
import type { CallRow } from "./store.ts";

export interface CallView {
  readonly id: string;
  readonly external_id: string | null;
  readonly direction: CallRow["direction"];
  readonly state: CallRow["state"];
  readonly source: CallRow["source"];
  readonly phone: string | null;
  readonly line: string | null;
  readonly operator_id: string | null;
  readonly client_id: string | null;
  readonly contact_id: string | null;
  readonly ticket_id: string | null;
  readonly started_at: string;
  readonly answered_at: string | null;
  readonly ended_at: string | null;
  /** Seconds that it rang, and that people talked; null while that is not known. */
  readonly wait_s: number | null;
  readonly duration_s: number | null;
  readonly outcome: string | null;
  readonly notes: string | null;
  readonly recording_url: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export function callView(row: CallRow): CallView {
  const { startedAt, answeredAt, endedAt } = row;
  const picked = answeredAt ?? endedAt;
  const secondsOf = (ms: number) => Math.max(0, Math.round(ms / SECOND));
  return {
    id: row.id,
    external_id: row.externalId,
    direction: row.direction,
    state: row.state,
    source: row.source,
    phone: row.phone,
    line: row.line,
    operator_id: row.operatorId,
    client_id: row.clientId,
    contact_id: row.contactId,
    ticket_id: row.ticketId,
    started_at: iso(startedAt),
    answered_at: isoOrNull(answeredAt),
    ended_at: isoOrNull(endedAt),
    wait_s: picked === null ? null : secondsOf(picked - startedAt),
    duration_s: endedAt === null ? null : answeredAt === null ? 0 : secondsOf(endedAt - answeredAt),
    outcome: row.outcome,
    notes: row.notes,
    recording_url: row.recordingUrl,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}
