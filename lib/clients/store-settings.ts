import { and, asc, eq, gt, sql } from "drizzle-orm";
import { clients, clientSettings } from "../../db/schema/clients.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { ClientRow } from "./store.ts";

const s = clientSettings;
const c = clients;

const ofWorkspace = statementOne((db) =>
  db.select().from(s).where(eq(s.workspaceId, sql.placeholder("workspaceId"))).prepare()
);

/** null: nothing was set. */
export async function selectClientSettings(at: Ctx): Promise<typeof s.$inferSelect | null> {
  return await ofWorkspace(at, { workspaceId: at.workspaceId }) ?? null;
}

export async function upsertClientSettings(
  tx: Tx,
  change: { readonly contractWarningDays: number },
): Promise<void> {
  const set = { ...change, updatedAt: tx.now() };
  await tx.db.insert(s).values({ workspaceId: tx.workspaceId, ...set })
    .onConflictDoUpdate({ target: s.workspaceId, set });
}

/** Those that stand and whose contracts end some day, by their ids. */
export async function selectEnding(
  at: Ctx,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<ClientRow[]> {
  return await at.db.select().from(c).where(and(
    eq(c.workspaceId, at.workspaceId),
    // As its index says.
    sql`contract_ends is not null and removed_at is null`,
    after === null ? undefined : gt(c.id, after),
  )).orderBy(asc(c.id)).limit(limit);
}
