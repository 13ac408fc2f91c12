import { and, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
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

/** Entries that a search looks at for one page: it must not hold the event loop, and an index costs each write 10 us. */
const LOOK_BACK = 10_000;

export interface FoundAudit {
  readonly rows: AuditRow[];
  /** Not null: so far the search looked, and there may be more behind it. */
  readonly lookedTo: string | null;
}

/** Newest first; of a subject or an action, among the newest 10,000 before the cursor. */
export async function selectAudit(ctx: Ctx, filter: AuditFilter): Promise<FoundAudit> {
  const { workspaceId, before, limit, subjectId, action } = filter;
  const own = and(
    workspaceId === null ? isNull(auditLog.workspaceId) : eq(auditLog.workspaceId, workspaceId),
    before === null ? undefined : lt(auditLog.id, before),
  );
  const searches = subjectId !== null || action !== null;
  const [last] = !searches ? [] : await ctx.db.select({ id: auditLog.id }).from(auditLog).where(own)
    .orderBy(desc(auditLog.id)).limit(1).offset(LOOK_BACK - 1);
  const rows = await ctx.db.select().from(auditLog)
    .where(and(
      own,
      last === undefined ? undefined : gte(auditLog.id, last.id),
      subjectId === null ? undefined : eq(auditLog.subjectId, subjectId),
      action === null ? undefined : eq(auditLog.action, action),
    ))
    .orderBy(desc(auditLog.id)).limit(limit);
  return { rows, lookedTo: last?.id ?? null };
}
