import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { type AuditRow, selectAudit } from "./store.ts";

export interface AuditQuery extends PageRequest {
  readonly subjectId?: string | undefined;
  readonly action?: string | undefined;
  /** Entries of the platform in place of the workspace's; needs `platform:read`. */
  readonly platform?: boolean | undefined;
}

/** The audit log, newest first. A page of few that fit may be short, or empty, and yet have one after it. */
export async function listAudit(ctx: Ctx, query: AuditQuery): Promise<Page<AuditRow>> {
  requireScope(ctx, query.platform ? "platform:read" : "audit:read");
  const { limit, cursor, subjectId = null, action = null } = query;
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const workspaceId = query.platform ? null : ctx.workspaceId;
  const found = await selectAudit(ctx, { workspaceId, before, limit: limit + 1, subjectId, action });
  return toPage(found.rows, {
    limit,
    keysOf: (row) => [row.id],
    toDto: (row) => row,
    lookedTo: found.lookedTo,
  });
}
