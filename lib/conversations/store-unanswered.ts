import { and, asc, eq, gt, type SQL, sql } from "drizzle-orm";
import { conversations, messages } from "../../db/schema/conversations.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx } from "../context.ts";
import { fromJson } from "../kernel/json.ts";
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

/** The conversations that were there at a time and are not closed, or were closed since. */
export async function selectTalksAt(
  at: Ctx,
  { time, limit }: { time: number; limit: number },
): Promise<string[]> {
  const there = sql`workspace_id = ${at.workspaceId} and created_at <= ${time}`;
  const rows = await at.db.all<{ id: string }>(sql`
    select id from (select id from conversations indexed by conversations_state
      where ${there} and state in ('bot', 'waiting', 'human') limit ${limit})
    union all
    select id from (select id from conversations indexed by conversations_changed
      where ${there} and changed_at > ${time} and state = 'closed' and closed_at > ${time} limit ${limit})
    limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** The conversation as the log told of it last by then. */
const toldAt = (id: SQL, time: number) =>
  sql`select e.data ->> '$.conversation' as told from events e
    where e.subject_id = ${id} and e.type in ('conversation.opened', 'conversation.changed')
      and e.at <= ${time} order by e.seq desc limit 1`;

/** A conversation as it was told of last by a time; null: the log does not hold that. */
export async function selectTalkAt(
  at: Ctx,
  { conversationId, time }: { conversationId: string; time: number },
): Promise<unknown> {
  const [row] = await at.db.all<{ told: string | null }>(
    sql`select told from (${toldAt(sql`${conversationId}`, time)}) where exists (
      select 1 from conversations c where c.id = ${conversationId} and c.workspace_id = ${at.workspaceId})`,
  );
  return typeof row?.told === "string" ? fromJson(row.told) : null;
}

/** A conversation in which a customer's word was not answered, at a time. */
export interface UnansweredThen {
  readonly conversationId: string;
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly createdAt: number;
  /** The conversation as the log told of it last by then; null: it does not hold that any more. */
  readonly told: unknown;
}

/** Which of these conversations waited at a time, and since which word; those of whoever was erased are left out. */
export async function selectUnansweredAt(
  at: Ctx,
  { ids, time }: { ids: readonly string[]; time: number },
): Promise<UnansweredThen[]> {
  const said = (where: SQL) =>
    sql`select said.id from messages said where said.conversation_id = c.id and said.created_at <= ${time} and ${where}`;
  const ours = said(
    sql`said.direction = 'out' and said.author is not 'system' order by said.id desc limit 1`,
  );
  const first = said(sql`said.direction = 'in' and said.kind not in ('reaction', 'system')
    and said.id > coalesce((${ours}), '') order by said.id limit 1`);
  const rows = await at.db.all<UnansweredThen & { told: string | null }>(sql`
    select c.id as "conversationId", m.id, m.kind, m.text, m.created_at as "createdAt",
      (${toldAt(sql`c.id`, time)}) as told
    from conversations c cross join messages m on m.id = (${first})
    where c.id in ${listed(ids)} and c.workspace_id = ${at.workspaceId}
      and exists (select 1 from contacts who where who.id = c.contact_id and who.erased_at is null)`);
  return rows.map((row) => ({ ...row, told: row.told === null ? null : fromJson(row.told) }));
}
