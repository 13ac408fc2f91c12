import { and, asc, eq, sql } from "drizzle-orm";
import { ticketWatchers } from "../../db/schema/tickets.ts";
import type { Ctx, Tx } from "../context.ts";

const t = ticketWatchers;
/** The plus keeps SQLite from walking all that the workspace's users watch. */
const of = (at: Ctx, ticketId: string) =>
  and(sql`+${t.workspaceId} = ${at.workspaceId}`, eq(t.ticketId, ticketId));

/** Users who are told of what happens to a ticket, in the order in which they came. */
export async function selectWatchers(at: Ctx, ticketId: string): Promise<string[]> {
  const rows = await at.db.select({ userId: t.userId }).from(t).where(of(at, ticketId))
    .orderBy(asc(t.createdAt), asc(t.userId));
  return rows.map(({ userId }) => userId);
}

export async function insertWatchers(
  tx: Tx,
  { ticketId, userIds }: { ticketId: string; userIds: readonly string[] },
): Promise<void> {
  if (userIds.length === 0) return;
  await tx.db.insert(t).values(
    userIds.map((userId) => ({ workspaceId: tx.workspaceId, ticketId, userId, createdAt: tx.now() })),
  ).onConflictDoNothing();
}

export async function deleteWatcher(
  tx: Tx,
  { ticketId, userId }: { ticketId: string; userId: string },
): Promise<void> {
  await tx.db.delete(t).where(and(of(tx, ticketId), eq(t.userId, userId)));
}
