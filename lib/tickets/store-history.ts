import { and, desc, eq, gt, lt, sql } from "drizzle-orm";
import { ticketHistory } from "../../db/schema/tickets.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type HistoryRow = typeof ticketHistory.$inferSelect;

const p = sql.placeholder;
const t = ticketHistory;

const insertOne = statement((db) =>
  db.insert(t).values({
    workspaceId: p("workspaceId"),
    ticketId: p("ticketId"),
    action: p("action"),
    actorKind: p("actorKind"),
    actorId: p("actorId"),
    changes: p("changes"),
    at: p("at"),
  }).prepare()
);

/** Writes who changed what, in the transaction of the change. */
export async function insertHistory(
  tx: Tx,
  entry: Pick<HistoryRow, "ticketId" | "action" | "changes">,
): Promise<void> {
  await insertOne(tx, {
    ...entry,
    workspaceId: tx.workspaceId,
    actorKind: tx.actor.kind,
    actorId: tx.actor.id,
    at: tx.now(),
  });
}

/** The latest first. */
export async function selectHistory(
  at: Ctx,
  { ticketId, before, limit }: { ticketId: string; before: number | null; limit: number },
): Promise<HistoryRow[]> {
  return await at.db.select().from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.ticketId, ticketId),
    before === null ? undefined : lt(t.seq, before),
  )).orderBy(desc(t.seq)).limit(limit);
}

/** What changed after a time, the latest first. */
export async function selectHistorySince(
  at: Ctx,
  { ticketId, time }: { ticketId: string; time: number },
): Promise<HistoryRow[]> {
  return await at.db.select().from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.ticketId, ticketId),
    gt(t.at, time),
  )).orderBy(desc(t.seq));
}
