import { and, eq, sql } from "drizzle-orm";
import { mailAddresses, mailIds, mailThreads as threads } from "../../db/schema/mail.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ThreadRow = typeof threads.$inferSelect;

/** One parameter, however many a mail names: SQLite takes no more than 32,766 of them. */

export async function selectThread(at: Ctx, ticketId: string): Promise<ThreadRow | null> {
  const [row] = await at.db.select().from(threads)
    .where(and(eq(threads.ticketId, ticketId), eq(threads.workspaceId, at.workspaceId)));
  return row ?? null;
}

/** Whether an address is still the workspace's. */
export async function isOwnAddress(at: Ctx, address: string): Promise<boolean> {
  const rows = await at.db.select({ id: mailAddresses.id }).from(mailAddresses)
    .where(and(eq(mailAddresses.address, address), eq(mailAddresses.workspaceId, at.workspaceId)));
  return rows.length > 0;
}

/** The ticket of a tag that we gave out; null: nobody's. */
export async function selectTicketOfTokens(at: Ctx, tokens: readonly string[]): Promise<string | null> {
  if (tokens.length === 0) return null;
  const [row] = await at.db.select({ ticketId: threads.ticketId }).from(threads)
    .where(and(eq(threads.workspaceId, at.workspaceId), sql`${threads.token} in ${listed(tokens)}`));
  return row?.ticketId ?? null;
}

/** The workspaces, whichever they are, that gave these tags out: a mail does not say whose it is. */
export async function selectPlacesOfTokens(at: Ctx, tokens: readonly string[]): Promise<string[]> {
  if (tokens.length === 0) return [];
  const rows = await at.db.select({ workspaceId: threads.workspaceId }).from(threads)
    .where(sql`${threads.token} in ${listed(tokens)}`);
  return rows.map(({ workspaceId }) => workspaceId);
}

/** The ticket of the latest of these mails that is known. */
export async function selectTicketOfMails(at: Ctx, messageIds: readonly string[]): Promise<string | null> {
  if (messageIds.length === 0) return null;
  const rows = await at.db.select().from(mailIds)
    .where(and(eq(mailIds.workspaceId, at.workspaceId), sql`${mailIds.messageId} in ${listed(messageIds)}`));
  const latest = messageIds.findLast((id) => rows.some(({ messageId }) => messageId === id));
  return rows.find(({ messageId }) => messageId === latest)?.ticketId ?? null;
}

/** Puts a thread in the place of what it was. */
export async function saveThread(
  tx: Tx,
  { ticketId, token, references, address }: Pick<ThreadRow, "ticketId" | "token" | "references" | "address">,
): Promise<void> {
  await tx.db.insert(threads)
    .values({ ticketId, token, references, address, workspaceId: tx.workspaceId, createdAt: tx.now() })
    .onConflictDoUpdate({ target: [threads.workspaceId, threads.ticketId], set: { references } });
}

export async function insertMailId(
  tx: Tx,
  { messageId, ticketId }: { messageId: string; ticketId: string },
): Promise<void> {
  await tx.db.insert(mailIds).values({
    messageId,
    ticketId,
    workspaceId: tx.workspaceId,
    createdAt: tx.now(),
  })
    .onConflictDoNothing();
}

const ofTickets = (column: typeof threads.ticketId | typeof mailIds.ticketId, ids: readonly string[]) =>
  sql`${column} in ${listed(ids)}`;

/** Message-IDs of the mails about these tickets. */
export async function selectMailIdsOf(at: Ctx, ticketIds: readonly string[]): Promise<string[]> {
  const rows = await at.db.select({ messageId: mailIds.messageId }).from(mailIds)
    .where(and(eq(mailIds.workspaceId, at.workspaceId), ofTickets(mailIds.ticketId, ticketIds)));
  return rows.map(({ messageId }) => messageId);
}

/** Forgets the threads of these tickets: an answer to one of their mails is a new matter. */
export async function deleteThreadsOf(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  await tx.db.delete(threads)
    .where(and(eq(threads.workspaceId, tx.workspaceId), ofTickets(threads.ticketId, ticketIds)));
  await tx.db.delete(mailIds)
    .where(and(eq(mailIds.workspaceId, tx.workspaceId), ofTickets(mailIds.ticketId, ticketIds)));
}
