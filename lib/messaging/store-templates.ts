import { and, asc, eq, gt, lt, lte, notInArray, sql } from "drizzle-orm";
import { whatsappTemplates } from "../../db/schema/messaging.ts";
import { blind, listed, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type TemplateRow = typeof whatsappTemplates.$inferSelect;
export type TemplateFields = Omit<TemplateRow, "id" | "workspaceId" | "createdAt" | "updatedAt">;

const p = sql.placeholder;
const t = whatsappTemplates;

/** Writes what Meta tells of a template: new, or over the row of the same account, name and language. */
export async function upsertTemplate(tx: Tx, fields: TemplateFields): Promise<TemplateRow> {
  const now = tx.now();
  const [row] = await tx.db.insert(t).values({
    ...fields,
    id: newId("template"),
    workspaceId: tx.workspaceId,
    createdAt: now,
    updatedAt: now,
  }).onConflictDoUpdate({
    target: [t.workspaceId, t.businessAccountId, t.name, t.language],
    set: { ...fields, updatedAt: now },
  }).returning();
  if (row === undefined) throw new Error("An upsert returned nothing");
  return row;
}

/** False when an answer of a later moment is there already, or no row. */
export async function updateTemplateAt(
  tx: Tx,
  which: { readonly businessAccountId: string; readonly remoteId: string },
  change: Partial<TemplateFields> & { readonly statusAt: number },
): Promise<boolean> {
  const made = await tx.db.update(t).set({ ...change, updatedAt: tx.now() }).where(and(
    eq(t.workspaceId, tx.workspaceId),
    eq(t.businessAccountId, which.businessAccountId),
    eq(t.remoteId, which.remoteId),
    lte(t.statusAt, change.statusAt),
  ));
  return made.rowsAffected > 0;
}

const byId = statement((db) =>
  db.select().from(t).where(and(eq(t.workspaceId, p("workspaceId")), eq(t.id, p("id")))).prepare()
);

export async function selectTemplate(at: Ctx, id: string): Promise<TemplateRow | null> {
  const [row] = await byId(at, { workspaceId: at.workspaceId, id });
  return row ?? null;
}

const byName = statement((db) =>
  db.select().from(t).where(and(
    eq(t.workspaceId, p("workspaceId")),
    eq(t.businessAccountId, p("businessAccountId")),
    eq(t.name, p("name")),
    eq(t.language, p("language")),
  )).prepare()
);

export interface TemplateName {
  readonly businessAccountId: string;
  readonly name: string;
  readonly language: string;
}

export async function selectTemplateByName(at: Ctx, which: TemplateName): Promise<TemplateRow | null> {
  const [row] = await byName(at, { workspaceId: at.workspaceId, ...which });
  return row ?? null;
}

const byRemoteId = statement((db) =>
  db.select().from(t).where(and(
    eq(t.workspaceId, p("workspaceId")),
    eq(t.businessAccountId, p("businessAccountId")),
    eq(t.remoteId, p("remoteId")),
  )).prepare()
);

export async function selectTemplateByRemoteId(
  at: Ctx,
  which: { readonly businessAccountId: string; readonly remoteId: string },
): Promise<TemplateRow | null> {
  const [row] = await byRemoteId(at, { workspaceId: at.workspaceId, ...which });
  return row ?? null;
}

export interface TemplateFilter {
  readonly after: string | null;
  readonly limit: number;
  readonly businessAccountId?: string | undefined;
  readonly status?: string | undefined;
  readonly name?: string | undefined;
}

/** Oldest first. */
export async function selectTemplates(at: Ctx, filter: TemplateFilter): Promise<TemplateRow[]> {
  const { after, limit, businessAccountId, status, name } = filter;
  return await at.db.select().from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    businessAccountId === undefined ? undefined : eq(t.businessAccountId, businessAccountId),
    status === undefined ? undefined : eq(t.status, status),
    name === undefined ? undefined : eq(t.name, name),
    after === null ? undefined : gt(t.id, after),
  )).orderBy(asc(t.id)).limit(limit);
}

export async function deleteTemplateRow(tx: Tx, id: string): Promise<void> {
  await blind(tx.db.delete(t).where(and(eq(t.workspaceId, tx.workspaceId), eq(t.id, id))));
}

/** Rows that Meta no longer lists, unless they changed after it was asked. Resolves to how many. */
export async function deleteTemplatesBut(
  tx: Tx,
  { businessAccountId, keep, before }: {
    readonly businessAccountId: string;
    readonly keep: readonly string[];
    readonly before: number;
  },
): Promise<number> {
  const gone = await tx.db.delete(t).where(and(
    eq(t.workspaceId, tx.workspaceId),
    eq(t.businessAccountId, businessAccountId),
    lt(t.updatedAt, before),
    // One parameter: an account may have thousands, more than a statement takes.
    notInArray(t.remoteId, listed(keep)),
  ));
  return gone.rowsAffected;
}
