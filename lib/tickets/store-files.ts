import { and, eq, type SQL, sql } from "drizzle-orm";
import { ticketAttachments, ticketComments } from "../../db/schema/tickets.ts";
import { listed } from "../../db/statement.ts";
import type { StoredFile } from "../conversations/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type FileRow = typeof ticketAttachments.$inferSelect;

const t = ticketAttachments;
const among = (column: typeof t.commentId | typeof ticketComments.ticketId, ids: readonly string[]) =>
  sql`${column} in ${listed(ids)}`;

export async function insertFiles(
  tx: Tx,
  { commentId, files }: { commentId: string; files: readonly StoredFile[] },
): Promise<void> {
  if (files.length === 0) return;
  await tx.db.insert(t).values(files.map(({ kind: _kind, ...file }) => ({
    ...file,
    id: newId("attachment"),
    workspaceId: tx.workspaceId,
    commentId,
    createdAt: tx.now(),
  })));
}

export async function selectFile(at: Ctx, id: string): Promise<FileRow | null> {
  const [row] = await at.db.select().from(t).where(and(eq(t.workspaceId, at.workspaceId), eq(t.id, id)));
  return row ?? null;
}

export async function selectFiles(at: Ctx, commentIds: readonly string[]): Promise<FileRow[]> {
  if (commentIds.length === 0) return [];
  return await at.db.select().from(t)
    .where(and(eq(t.workspaceId, at.workspaceId), among(t.commentId, commentIds)));
}

/** Deletes the rows of the files of these tickets; resolves to the blobs that are to go. */
export async function deleteFilesOf(tx: Tx, ticketIds: readonly string[]): Promise<string[]> {
  const comments = tx.db.select({ id: ticketComments.id }).from(ticketComments)
    .where(and(eq(ticketComments.workspaceId, tx.workspaceId), among(ticketComments.ticketId, ticketIds)));
  return await deleteFiles(tx, sql`${t.commentId} in ${comments}`);
}

/** The same of comments. */
export async function deleteFilesOfComments(tx: Tx, commentIds: readonly string[]): Promise<string[]> {
  return await deleteFiles(tx, among(t.commentId, commentIds));
}

async function deleteFiles(tx: Tx, which: SQL): Promise<string[]> {
  const rows = await tx.db.delete(t).where(and(eq(t.workspaceId, tx.workspaceId), which))
    .returning({ blobKey: t.blobKey });
  return rows.map(({ blobKey }) => blobKey);
}
