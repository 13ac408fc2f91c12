import { and, desc, eq, lt, sql } from "drizzle-orm";
import { slaPolicies } from "../../db/schema/sla.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type PolicyRow = typeof slaPolicies.$inferSelect;
export type PolicyFields = Omit<PolicyRow, "id" | "workspaceId" | "version" | "createdAt" | "updatedAt">;

const p = sql.placeholder;
const NEXT = sql`version + 1`;

const byId = statementOne((db) =>
  db.select().from(slaPolicies)
    .where(and(eq(slaPolicies.workspaceId, p("workspaceId")), eq(slaPolicies.id, p("id")))).prepare()
);

export async function selectPolicy(at: Ctx, id: string): Promise<PolicyRow | undefined> {
  return await byId(at, { workspaceId: at.workspaceId, id });
}

const defaultOne = statementOne((db) =>
  db.select().from(slaPolicies)
    .where(and(eq(slaPolicies.workspaceId, p("workspaceId")), sql`is_default = 1`)).prepare()
);

export async function selectDefaultPolicy(at: Ctx): Promise<PolicyRow | undefined> {
  return await defaultOne(at, { workspaceId: at.workspaceId });
}

export async function selectPolicies(
  at: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<PolicyRow[]> {
  return await at.db.select().from(slaPolicies).where(and(
    eq(slaPolicies.workspaceId, at.workspaceId),
    before === null ? undefined : lt(slaPolicies.id, before),
  )).orderBy(desc(slaPolicies.id)).limit(limit);
}

export async function insertPolicy(tx: Tx, fields: PolicyFields): Promise<PolicyRow> {
  const now = tx.now();
  const row = {
    ...fields,
    id: newId("slaPolicy"),
    workspaceId: tx.workspaceId,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await tx.db.insert(slaPolicies).values(row);
  return row;
}

export async function updatePolicyRow(tx: Tx, id: string, fields: PolicyFields): Promise<void> {
  await tx.db.update(slaPolicies).set({ ...fields, version: NEXT, updatedAt: tx.now() })
    .where(and(eq(slaPolicies.workspaceId, tx.workspaceId), eq(slaPolicies.id, id)));
}

/** No policy is the default one any more. */
export async function clearDefaultPolicy(tx: Tx): Promise<void> {
  await tx.db.update(slaPolicies).set({ isDefault: false, version: NEXT })
    .where(and(eq(slaPolicies.workspaceId, tx.workspaceId), eq(slaPolicies.isDefault, true)));
}

export async function deletePolicyRow(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(slaPolicies)
    .where(and(eq(slaPolicies.workspaceId, tx.workspaceId), eq(slaPolicies.id, id)));
}
