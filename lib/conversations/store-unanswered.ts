import { and, asc, eq, gt, sql } from "drizzle-orm";
import { conversations, messages } from "../../db/schema/conversations.ts";
import type { Ctx } from "../context.ts";
import type { MessageRow } from "./store-messages.ts";

/** The customer's first word in a conversation that nobody has answered, bot or person; null: none waits. */
export async function selectUnanswered(
  at: Ctx,
  conversationId: string,
): Promise<Pick<MessageRow, "id" | "kind" | "text" | "createdAt"> | null> {
  const m = messages;
  const [row] = await at.db.select({ id: m.id, kind: m.kind, text: m.text, createdAt: m.createdAt }).from(m)
    .where(and(
      eq(m.workspaceId, at.workspaceId),
      eq(m.conversationId, conversationId),
      eq(m.direction, "in"),
      sql`${m.kind} not in ('reaction', 'system')`,
      sql`${m.id} > coalesce((select id from messages where conversation_id = ${conversationId}
        and direction = 'out' and author is not 'system' order by id desc limit 1), '')`,
    )).orderBy(asc(m.id)).limit(1);
  return row ?? null;
}

/** The conversations that are not closed, by their ids. */
export async function selectOpenTalks(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const c = conversations;
  const rows = await at.db.select({ id: c.id }).from(c).where(and(
    eq(c.workspaceId, at.workspaceId),
    sql`${c.state} <> 'closed'`,
    after === null ? undefined : gt(c.id, after),
  )).orderBy(asc(c.id)).limit(limit);
  return rows.map(({ id }) => id);
}
