import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { ticketComments } from "../../db/schema/tickets.ts";
import { listed, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type CommentRow = typeof ticketComments.$inferSelect;
export type CommentFields = Omit<CommentRow, "id" | "workspaceId" | "createdAt" | "originId" | "aboutId">;

const p = sql.placeholder;
const t = ticketComments;

const insertOne = statement((db) =>
  db.insert(t).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    ticketId: p("ticketId"),
    visibility: p("visibility"),
    author: p("author"),
    authorId: p("authorId"),
    text: p("text"),
    mentions: p("mentions"),
    messageId: p("messageId"),
    aboutId: p("aboutId"),
    createdAt: p("createdAt"),
  }).prepare()
);

export async function insertComment(
  tx: Tx,
  { id = newId("ticketComment"), aboutId = null, ...fields }: CommentFields & {
    readonly id?: string;
    readonly aboutId?: string | null;
  },
): Promise<CommentRow> {
  const fixed = { id, aboutId, workspaceId: tx.workspaceId, createdAt: tx.now() };
  await insertOne(tx, { ...fields, ...fixed });
  return { ...fields, ...fixed, originId: null };
}

/** The latest `limit` before a comment, in the order of time backwards. */
export async function selectComments(
  at: Ctx,
  { ticketId, before, limit }: { ticketId: string; before: string | null; limit: number },
): Promise<CommentRow[]> {
  return await at.db.select().from(t).where(and(
    eq(t.workspaceId, at.workspaceId),
    eq(t.ticketId, ticketId),
    before === null ? undefined : lt(t.id, before),
  )).orderBy(desc(t.id)).limit(limit);
}

/** What the comments of a ticket say, the first ones first, of at most `limit` of them. */
export async function selectCommentTexts(
  at: Ctx,
  { ticketId, limit }: { ticketId: string; limit: number },
): Promise<string[]> {
  const rows = await at.db.select({ text: t.text }).from(t)
    .where(and(eq(t.workspaceId, at.workspaceId), eq(t.ticketId, ticketId)))
    .orderBy(asc(t.id)).limit(limit);
  return rows.map(({ text }) => text);
}

/** Moves all comments, or those that are named, to another ticket. Resolves to how many went. */
export async function moveComments(
  tx: Tx,
  { from, to, ids }: { from: string; to: string; ids?: readonly string[] },
): Promise<number> {
  const made = await tx.db.update(t)
    .set({ ticketId: to, originId: sql`coalesce(${t.originId}, ${from})` })
    .where(and(
      eq(t.workspaceId, tx.workspaceId),
      eq(t.ticketId, from),
      ids === undefined ? undefined : sql`${t.id} in ${listed(ids)}`,
    ));
  return made.rowsAffected;
}

export async function countComments(at: Ctx, ticketId: string): Promise<number> {
  const [row] = await at.db.select({ n: sql<number>`count(*)` }).from(t)
    .where(and(eq(t.workspaceId, at.workspaceId), eq(t.ticketId, ticketId)));
  return row?.n ?? 0;
}

export async function selectComment(at: Ctx, id: string): Promise<CommentRow | null> {
  const [row] = await at.db.select().from(t).where(and(eq(t.workspaceId, at.workspaceId), eq(t.id, id)));
  return row ?? null;
}

/** Whether a message of a conversation is a comment already. */
export async function isCommented(at: Ctx, messageId: string): Promise<boolean> {
  const [row] = await at.db.select({ id: t.id }).from(t)
    .where(and(eq(t.workspaceId, at.workspaceId), eq(t.messageId, messageId)));
  return row !== undefined;
}
