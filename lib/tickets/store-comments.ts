import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { ticketComments } from "../../db/schema/tickets.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type CommentRow = typeof ticketComments.$inferSelect;
export type CommentFields = Omit<CommentRow, "id" | "workspaceId" | "createdAt" | "originId">;

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
    createdAt: p("createdAt"),
  }).prepare()
);

export async function insertComment(tx: Tx, fields: CommentFields): Promise<CommentRow> {
  const fixed = { id: newId("ticketComment"), workspaceId: tx.workspaceId, createdAt: tx.now() };
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
