import { and, asc, eq, inArray, lt, ne, sql } from "drizzle-orm";
import { type ReceiptState, strayStatuses, webhookReceipts } from "../../db/schema/messaging.ts";
import { blind, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type { ReceiptState } from "../../db/schema/messaging.ts";
export type ReceiptRow = typeof webhookReceipts.$inferSelect;

const p = sql.placeholder;

const insertOne = statement((db) =>
  db.insert(webhookReceipts).values({
    id: p("id"),
    digest: p("digest"),
    body: p("body"),
    state: "received",
    createdAt: p("now"),
  }).onConflictDoNothing().prepare()
);

/** False when this very body was stored before. */
export async function insertReceipt(
  tx: Tx,
  fresh: { id: string; digest: string; body: Uint8Array },
): Promise<boolean> {
  return (await insertOne(tx, { ...fresh, now: tx.now() })).rowsAffected === 1;
}

const byId = statement((db) =>
  db.select().from(webhookReceipts).where(eq(webhookReceipts.id, p("id"))).prepare()
);

export async function selectReceipt(at: Ctx, id: string): Promise<ReceiptRow | null> {
  const [row] = await byId(at, { id });
  return row ?? null;
}

const endOne = statement((db) =>
  db.update(webhookReceipts).set({
    state: sql`${p("state")}`,
    reason: sql`${p("reason")}`,
    // What was read whole is messages by now: its words are kept there alone.
    body: sql`case when ${p("state")} = 'processed' then x'' else body end`,
    finishedAt: sql`${p("now")}`,
  }).where(eq(webhookReceipts.id, p("id"))).prepare()
);

export async function endReceipt(
  tx: Tx,
  end: { id: string; state: ReceiptState; reason: string | null },
): Promise<void> {
  await endOne(tx, { ...end, now: tx.now() });
}

/** Deletes up to `limit` read receipts and stray statuses from before; resolves to how many. */
export async function deleteOldReceipts(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const old = tx.db.select({ id: webhookReceipts.id }).from(webhookReceipts)
    .where(and(lt(webhookReceipts.createdAt, before), ne(webhookReceipts.state, "received")))
    .orderBy(asc(webhookReceipts.id)).limit(limit);
  const gone = await tx.db.delete(webhookReceipts).where(inArray(webhookReceipts.id, old));
  await blind(tx.db.delete(strayStatuses).where(lt(strayStatuses.createdAt, before)));
  return gone.rowsAffected;
}
