import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { redact } from "../kernel/redact.ts";
import { type AuditRow, insertAudit, selectAudit } from "./store.ts";

export type { AuditRow } from "./store.ts";

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

export interface AuditQuery extends PageRequest {
  readonly subjectId?: string | undefined;
  readonly action?: string | undefined;
  /** Entries of the platform in place of the workspace's; needs `platform:read`. */
  readonly platform?: boolean | undefined;
}

/** The audit log, newest first. */
export async function listAudit(ctx: Ctx, query: AuditQuery): Promise<Page<AuditRow>> {
  requireScope(ctx, query.platform ? "platform:read" : "audit:read");
  const { limit, cursor, subjectId = null, action = null } = query;
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const workspaceId = query.platform ? null : ctx.workspaceId;
  const rows = await selectAudit(ctx, { workspaceId, before, limit: limit + 1, subjectId, action });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: (row) => row });
}
