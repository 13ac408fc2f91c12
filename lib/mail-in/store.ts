import { and, asc, desc, eq, inArray, lt, sql } from "drizzle-orm";
import { mailReceipts as receipts, type MailState } from "../../db/schema/mail.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ReceiptRow = typeof receipts.$inferSelect;

/** False when the same mail is there. */
export async function insertReceipt(
  tx: Tx,
  fresh: Pick<ReceiptRow, "id" | "digest" | "blobKey" | "format" | "size">,
): Promise<boolean> {
  const { rowsAffected } = await tx.db.insert(receipts)
    .values({ ...fresh, workspaceId: tx.workspaceId, state: "received", createdAt: tx.now() })
    .onConflictDoNothing();
  return rowsAffected === 1;
}

export async function selectReceipt(at: Ctx, id: string): Promise<ReceiptRow | null> {
  const [row] = await at.db.select().from(receipts)
    .where(and(eq(receipts.id, id), eq(receipts.workspaceId, at.workspaceId)));
  return row ?? null;
}

export interface ReceiptEnd {
  readonly state: Exclude<MailState, "received">;
  readonly reason: string | null;
  readonly sender: string | null;
  readonly subject: string | null;
  readonly ticketId: string | null;
}

/** An end of which nothing is known but its state. */
export const NOTHING = { reason: null, sender: null, subject: null, ticketId: null } as const;

/** False when it was ended before. */
export async function endReceipt(tx: Tx, id: string, end: ReceiptEnd): Promise<boolean> {
  const { rowsAffected } = await tx.db.update(receipts).set({ ...end, finishedAt: tx.now() })
    .where(
      and(eq(receipts.id, id), eq(receipts.workspaceId, tx.workspaceId), eq(receipts.state, "received")),
    );
  return rowsAffected === 1;
}

export async function selectReceipts(
  at: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<ReceiptRow[]> {
  return await at.db.select().from(receipts)
    .where(
      and(eq(receipts.workspaceId, at.workspaceId), before === null ? undefined : lt(receipts.id, before)),
    )
    .orderBy(desc(receipts.id)).limit(limit);
}

/** Deletes mails of all workspaces that ended before; resolves to whose they were and where their bytes may be. */
export async function deleteOldReceipts(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<{ workspaceId: string; blobKey: string }[]> {
  const old = tx.db.select({ id: receipts.id }).from(receipts)
    .where(and(lt(receipts.createdAt, before), sql`state <> 'received'`)).orderBy(asc(receipts.createdAt))
    .limit(limit);
  return await tx.db.delete(receipts).where(inArray(receipts.id, old))
    .returning({ workspaceId: receipts.workspaceId, blobKey: receipts.blobKey });
}

/** Whether the ticket took a mail of this sender about this before. */
export async function hasTaken(
  at: Ctx,
  { ticketId, sender, subject }: { ticketId: string; sender: string; subject: string },
): Promise<boolean> {
  const [row] = await at.db.select({ id: receipts.id }).from(receipts).where(and(
    eq(receipts.workspaceId, at.workspaceId),
    eq(receipts.ticketId, ticketId),
    eq(receipts.sender, sender),
    eq(receipts.subject, subject),
  )).limit(1);
  return row !== undefined;
}

/** Whether the mail with this digest has been read. */
export async function isRead(at: Ctx, digest: string): Promise<boolean> {
  const [row] = await at.db.select({ state: receipts.state }).from(receipts)
    .where(and(eq(receipts.digest, digest), eq(receipts.workspaceId, at.workspaceId)));
  return row !== undefined && row.state !== "received";
}

interface Senders {
  readonly ticketIds: readonly string[];
  readonly addresses: readonly string[];
}

const fromThem = (at: Ctx, { ticketIds, addresses }: Senders) =>
  and(
    sql`+${receipts.workspaceId} = ${at.workspaceId}`,
    // Two searches, each by its index.
    sql`${receipts.id} in (
      select id from mail_receipts where workspace_id = ${at.workspaceId} and ticket_id in ${
      listed(ticketIds)
    }
      union select id from mail_receipts where workspace_id = ${at.workspaceId} and sender in ${
      listed(addresses)
    })`,
  );

/** Mails of these senders, and those that became these tickets. */
export async function selectReceiptsFrom(at: Ctx, senders: Senders): Promise<ReceiptRow[]> {
  return await at.db.select().from(receipts).where(fromThem(at, senders)).orderBy(asc(receipts.id));
}

/** That a mail came stays. Resolves to where their bytes may be. */
export async function emptyReceiptsFrom(tx: Tx, senders: Senders): Promise<string[]> {
  const rows = await tx.db.update(receipts).set({ sender: null, subject: null })
    .where(and(fromThem(tx, senders), sql`state <> 'received'`)).returning({ blobKey: receipts.blobKey });
  return rows.map(({ blobKey }) => blobKey);
}

export async function deleteReceiptsOf(tx: Tx, ticketIds: readonly string[]): Promise<string[]> {
  const rows = await tx.db.delete(receipts).where(
    and(eq(receipts.workspaceId, tx.workspaceId), sql`${receipts.ticketId} in ${listed(ticketIds)}`),
  ).returning({ blobKey: receipts.blobKey });
  return rows.map(({ blobKey }) => blobKey);
}
