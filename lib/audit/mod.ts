import type { Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { redact } from "../kernel/redact.ts";
import { insertAudit } from "./store.ts";

export { type AuditQuery, listAudit } from "./list.ts";
export { auditView } from "./present.ts";
export type { AuditRow } from "./store.ts";
export { auditTools } from "./tools.ts";

export interface AuditEntry {
  /** `resource.verb`, for example `api_key.create`. */
  readonly action: string;
  readonly subjectId?: string | null;
  /** What changed; secrets in it are redacted before it is written. */
  readonly detail?: Record<string, unknown>;
  /** Default: the workspace of `tx`; null for what belongs to the platform. */
  readonly workspaceId?: string | null;
}

/** Writes who did what, from where, in the caller's transaction: no change without its entry, no entry without it. */
export async function audit(tx: Tx, entry: AuditEntry): Promise<void> {
  const { action, subjectId = null, detail = {}, workspaceId = tx.workspaceIdOrNull } = entry;
  await insertAudit(tx, {
    id: newId("audit"),
    workspaceId,
    actorKind: tx.actor.kind,
    actorId: tx.actor.id,
    action,
    subjectId,
    detail: redact(detail),
    requestId: tx.requestId,
    address: tx.address,
    at: tx.now(),
  });
}
