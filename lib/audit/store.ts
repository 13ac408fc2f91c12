import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { auditLog } from "../../db/schema/log.ts";
import { statementBlind } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";

export type AuditRow = typeof auditLog.$inferSelect;

export const insertAudit = statementBlind((db) =>
  db.insert(auditLog).values({
    id: sql.placeholder("id"),
    workspaceId: sql.placeholder("workspaceId"),
    actorKind: sql.placeholder("actorKind"),
    actorId: sql.placeholder("actorId"),
    action: sql.placeholder("action"),
    subjectId: sql.placeholder("subjectId"),
    detail: sql.placeholder("detail"),
    requestId: sql.placeholder("requestId"),
    address: sql.placeholder("address"),
    at: sql.placeholder("at"),
  }).prepare()
);

export interface AuditFilter {
  /** null: entries of the platform, which belong to no workspace. */
  readonly workspaceId: string | null;
  readonly before: string | null;
  readonly limit: number;
  readonly subjectId: string | null;
  readonly action: string | null;
}

export async function selectAudit(ctx: Ctx, filter: AuditFilter): Promise<AuditRow[]> {
  const { workspaceId, before, limit, subjectId, action } = filter;
  return await ctx.db.select().from(auditLog)
    .where(and(
      workspaceId === null ? isNull(auditLog.workspaceId) : eq(auditLog.workspaceId, workspaceId),
      before === null ? undefined : lt(auditLog.id, before),
      subjectId === null ? undefined : eq(auditLog.subjectId, subjectId),
      action === null ? undefined : eq(auditLog.action, action),
    ))
    .orderBy(desc(auditLog.id)).limit(limit);
}
