import { and, asc, eq, gt, sql } from "drizzle-orm";
import { notificationTemplates as templates } from "../../db/schema/notification-templates.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type TemplateRow = typeof templates.$inferSelect;

const p = sql.placeholder;

const byName = statementOne((db) =>
  db.select().from(templates)
    .where(and(eq(templates.workspaceId, p("workspaceId")), eq(templates.name, p("name")))).prepare()
);

export async function selectTemplateByName(at: Ctx, name: string): Promise<TemplateRow | null> {
  return await byName(at, { workspaceId: at.workspaceId, name }) ?? null;
}

export async function selectTemplateRow(at: Ctx, id: string): Promise<TemplateRow | null> {
  const [row] = await at.db.select().from(templates)
    .where(and(eq(templates.id, id), eq(templates.workspaceId, at.workspaceId)));
  return row ?? null;
}

export async function selectTemplateRows(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<TemplateRow[]> {
  return await at.db.select().from(templates)
    .where(
      and(eq(templates.workspaceId, at.workspaceId), after === null ? undefined : gt(templates.id, after)),
    )
    .orderBy(asc(templates.id)).limit(limit);
}

export type TemplateContent = Pick<
  TemplateRow,
  "name" | "kind" | "category" | "variables" | "texts" | "layout" | "throttle" | "digestMinutes"
>;

export async function insertTemplateRow(tx: Tx, row: TemplateContent & { id: string }): Promise<void> {
  const now = tx.now();
  await tx.db.insert(templates).values({
    ...row,
    workspaceId: tx.workspaceId,
    createdAt: now,
    updatedAt: now,
  });
}

export async function updateTemplateRow(tx: Tx, id: string, row: TemplateContent): Promise<void> {
  await tx.db.update(templates).set({ ...row, updatedAt: tx.now() })
    .where(and(eq(templates.id, id), eq(templates.workspaceId, tx.workspaceId)));
}

export async function deleteTemplateRow(tx: Tx, id: string): Promise<boolean> {
  const { rowsAffected } = await tx.db.delete(templates)
    .where(and(eq(templates.id, id), eq(templates.workspaceId, tx.workspaceId)));
  return rowsAffected === 1;
}

/** A template that is framed by the layout; null: none. */
export async function selectFramed(at: Ctx, layout: string): Promise<string | null> {
  const [row] = await at.db.select({ name: templates.name }).from(templates)
    .where(and(eq(templates.workspaceId, at.workspaceId), eq(templates.layout, layout))).limit(1);
  return row?.name ?? null;
}
