import { and, asc, eq, sql } from "drizzle-orm";
import { ticketLinks } from "../../db/schema/tickets.ts";
import type { Ctx, Tx } from "../context.ts";

export type { LinkKind } from "../../db/schema/tickets.ts";
export type LinkRow = typeof ticketLinks.$inferSelect;

const t = ticketLinks;
/** The plus keeps SQLite from walking the links of the whole workspace. */
const of = (at: Ctx, ticketId: string) =>
  and(sql`+${t.workspaceId} = ${at.workspaceId}`, eq(t.ticketId, ticketId));

export async function selectLinks(at: Ctx, ticketId: string): Promise<LinkRow[]> {
  return await at.db.select().from(t).where(of(at, ticketId)).orderBy(asc(t.createdAt), asc(t.targetId));
}

/** A link that is there already stays as it is. */
export async function insertLink(
  tx: Tx,
  link: Pick<LinkRow, "ticketId" | "kind" | "targetId" | "relation">,
): Promise<void> {
  await tx.db.insert(t).values({ ...link, workspaceId: tx.workspaceId, createdAt: tx.now() })
    .onConflictDoNothing();
}

/** False when there was none. */
export async function deleteLink(
  tx: Tx,
  { ticketId, targetId }: Pick<LinkRow, "ticketId" | "targetId">,
): Promise<boolean> {
  const gone = await tx.db.delete(t).where(and(of(tx, ticketId), eq(t.targetId, targetId)));
  return gone.rowsAffected > 0;
}
