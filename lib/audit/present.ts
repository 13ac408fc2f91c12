import { iso } from "../kernel/clock.ts";
import type { AuditRow } from "./store.ts";

/** An entry as it is told outside. */
export interface AuditView {
  readonly id: string;
  readonly action: string;
  readonly subject_id: string | null;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly detail: Record<string, unknown>;
  readonly request_id: string;
  readonly address: string | null;
  readonly at: string;
}

export function auditView(row: AuditRow): AuditView {
  const { id, action, subjectId, actorKind, actorId, detail, requestId, address, at } = row;
  return {
    id,
    action,
    subject_id: subjectId,
    actor_kind: actorKind,
    actor_id: actorId,
    detail: { ...detail },
    request_id: requestId,
    address,
    at: iso(at),
  };
}
