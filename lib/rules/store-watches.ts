import { and, asc, eq, gt, sql } from "drizzle-orm";
import { ruleWatches } from "../../db/schema/rules.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type WatchRow = typeof ruleWatches.$inferSelect;
export type Watch = Omit<WatchRow, "workspaceId">;

const p = sql.placeholder;

const byTicket = statementOne((db) =>
  db.select().from(ruleWatches).where(and(
    eq(ruleWatches.workspaceId, p("workspaceId")),
    eq(ruleWatches.ticketId, p("ticketId")),
  )).prepare()
);

export async function selectWatch(at: Ctx, ticketId: string): Promise<Watch | undefined> {
  return await byTicket(at, { workspaceId: at.workspaceId, ticketId });
}

const upsert = statement((db) =>
  db.insert(ruleWatches).values({
    workspaceId: p("workspaceId"),
    ticketId: p("ticketId"),
    openedAt: p("openedAt"),
    state: p("state"),
    stateSince: p("stateSince"),
    customerWaitsSince: p("customerWaitsSince"),
    customerSilentSince: p("customerSilentSince"),
    seenSeq: p("seenSeq"),
  }).onConflictDoUpdate({
    target: [ruleWatches.workspaceId, ruleWatches.ticketId],
    set: {
      state: sql`excluded.state`,
      stateSince: sql`excluded.state_since`,
      customerWaitsSince: sql`excluded.customer_waits_since`,
      customerSilentSince: sql`excluded.customer_silent_since`,
      seenSeq: sql`excluded.seen_seq`,
    },
  }).prepare()
);

export async function writeWatch(tx: Tx, watch: Watch): Promise<void> {
  await upsert(tx, { ...watch, workspaceId: tx.workspaceId });
}

/** By their tickets' ids, those of tickets that are done too: to look for the others would read all of them for a page. */
export async function selectWatches(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<Watch[]> {
  return await at.db.select().from(ruleWatches).where(and(
    eq(ruleWatches.workspaceId, at.workspaceId),
    after === null ? undefined : gt(ruleWatches.ticketId, after),
  )).orderBy(asc(ruleWatches.ticketId)).limit(limit);
}
