import { and, asc, eq, lt, sql } from "drizzle-orm";
import { events } from "../../db/schema/log.ts";
import {
  ticketComments,
  ticketFieldValues,
  ticketHistory,
  ticketLinks,
  tickets,
  ticketSurveys,
} from "../../db/schema/tickets.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { TicketRow } from "./store.ts";

/** Every ticket of a contact, the oldest first. */
export async function selectOfContact(at: Ctx, contactId: string): Promise<TicketRow[]> {
  return await at.db.select().from(tickets)
    .where(and(eq(tickets.workspaceId, at.workspaceId), eq(tickets.contactId, contactId)))
    .orderBy(asc(tickets.seq));
}

/** Tickets that name no contact, the oldest first: of these clients, and with these ids. */
export async function selectOfNobody(
  at: Ctx,
  { clientIds, ids }: { clientIds: readonly string[]; ids: readonly string[] },
): Promise<TicketRow[]> {
  if (clientIds.length + ids.length === 0) return [];
  // The pluses: each part by its index, and not by all that name no contact.
  const these = sql`select id from tickets where workspace_id = ${at.workspaceId}
      and client_id in ${listed(clientIds)} and +contact_id is null
    union select id from tickets where +workspace_id = ${at.workspaceId} and id in ${listed(ids)}
      and +contact_id is null`;
  return await at.db.select().from(tickets)
    .where(and(sql`+${tickets.workspaceId} = ${at.workspaceId}`, sql`${tickets.id} in (${these})`))
    .orderBy(asc(sql`+${tickets.seq}`));
}

/** Whose comments are looked for: a contact, and its tickets. */
export interface Traced {
  readonly contactId: string;
  readonly ticketIds: readonly string[];
  /** What else is the contact's: conversations, messages, visits, calls. */
  readonly subjectIds: readonly string[];
}

/**
 * Tickets that may hold something of these besides them: those that they were merged into, and those into a third,
 * whose contact may be somebody else.
 */
async function selectMergedInto(at: Ctx, ticketIds: readonly string[]): Promise<string[]> {
  const rows = await at.db.all<{ id: string }>(sql`
    with recursive reached(id) as (
      select value from json_each(${JSON.stringify(ticketIds)})
      union select merged_into from tickets join reached on tickets.id = reached.id
        where workspace_id = ${at.workspaceId} and merged_into is not null)
    select id from reached where id not in ${listed(ticketIds)}`);
  return rows.map(({ id }) => id);
}

/**
 * What the contact said in tickets of others, by mail or before they were merged, what was said there of its own, and
 * what rules told there of either.
 */
export async function selectElsewhere(at: Ctx, { contactId, ticketIds, subjectIds }: Traced) {
  const others = await selectMergedInto(at, ticketIds);
  // Searches of their own, each by its index.
  return await at.db.select().from(ticketComments).where(sql`${ticketComments.id} in (
    with said(id) as (
      select id from ticket_comments where workspace_id = ${at.workspaceId}
        and ticket_id in ${listed(others)} and origin_id in ${listed(ticketIds)}
      union select id from ticket_comments where workspace_id = ${at.workspaceId}
        and author = 'customer' and author_id = ${contactId} and ticket_id not in ${listed(ticketIds)})
    select id from said
    union select id from ticket_comments where workspace_id = ${at.workspaceId}
      and ticket_id not in ${listed(ticketIds)}
      and about_id is not null and about_id in (select id from said union select value from json_each(${
    JSON.stringify(subjectIds)
  })))`)
    .orderBy(asc(ticketComments.id));
}

/** Empties comments one by one, with what the log of their tickets says of them. */
export async function emptyComments(
  tx: Tx,
  comments: readonly { readonly id: string; readonly ticketId: string }[],
): Promise<void> {
  const ids = listed(comments.map(({ id }) => id));
  await tx.db.update(ticketComments).set({ text: "", mentions: [] })
    .where(and(eq(ticketComments.workspaceId, tx.workspaceId), sql`${ticketComments.id} in ${ids}`));
  await tx.db.update(events).set({ data: { erased: true } }).where(written(tx, comments));
}

/** The events of comments, as their tickets' log has them. */
const written = (at: Ctx, comments: readonly { readonly id: string; readonly ticketId: string }[]) =>
  and(
    sql`+${events.workspaceId} = ${at.workspaceId}`,
    eq(events.type, "ticket.commented"),
    sql`${events.subjectId} in ${listed(comments.map(({ ticketId }) => ticketId))}`,
    sql`json_extract(${events.data}, '$.comment.id') in ${listed(comments.map(({ id }) => id))}`,
  );

/** The places in the log of what these comments told: of themselves, and of the messages that they are. */
export async function selectSeqsOf(
  at: Ctx,
  comments: readonly Pick<typeof ticketComments.$inferSelect, "id" | "ticketId" | "messageId">[],
): Promise<number[]> {
  const messageIds = comments.flatMap(({ messageId }) => messageId ?? []);
  const said = and(
    sql`+${events.workspaceId} = ${at.workspaceId}`,
    eq(events.type, "message.received"),
    sql`${events.subjectId} in ${listed(messageIds)}`,
  );
  const rows = [
    ...await at.db.select({ seq: events.seq }).from(events).where(written(at, comments)),
    ...await at.db.select({ seq: events.seq }).from(events).where(said),
  ];
  return rows.map(({ seq }) => seq);
}

export async function selectAllComments(at: Ctx, ticketIds: readonly string[]) {
  return await at.db.select().from(ticketComments).where(
    and(
      eq(ticketComments.workspaceId, at.workspaceId),
      sql`${ticketComments.ticketId} in ${listed(ticketIds)}`,
    ),
  ).orderBy(asc(ticketComments.id));
}

export async function selectAllSurveys(at: Ctx, ticketIds: readonly string[]) {
  return await at.db.select().from(ticketSurveys).where(
    and(
      eq(ticketSurveys.workspaceId, at.workspaceId),
      sql`${ticketSurveys.ticketId} in ${listed(ticketIds)}`,
    ),
  ).orderBy(asc(ticketSurveys.id));
}

/**
 * Empties what tickets, comments, histories and surveys say of a person. The pluses keep SQLite from walking all that
 * the workspace has.
 */
export async function emptyTickets(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  const ids = listed(ticketIds);
  const { workspaceId } = tx;
  await tx.db.run(sql`delete from ticket_fts where rowid in (select seq from tickets
    where +workspace_id = ${workspaceId} and id in ${ids})`);
  await tx.db.run(
    sql`delete from ${ticketFieldValues} where +${ticketFieldValues.workspaceId} = ${workspaceId}
    and ${ticketFieldValues.seq} in (select seq from tickets where +workspace_id = ${workspaceId} and id in ${ids})`,
  );
  await tx.db.update(tickets).set({
    subject: "",
    description: "",
    fields: {},
    sentiment: null,
    mood: null,
    updatedAt: tx.now(),
  })
    .where(sql`+${tickets.workspaceId} = ${workspaceId} and ${tickets.id} in ${ids}`);
  await tx.db.update(ticketHistory).set({ changes: {} })
    .where(and(eq(ticketHistory.workspaceId, workspaceId), sql`${ticketHistory.ticketId} in ${ids}`));
  await tx.db.update(ticketSurveys).set({ comment: null })
    .where(and(eq(ticketSurveys.workspaceId, workspaceId), sql`${ticketSurveys.ticketId} in ${ids}`));
  await tx.db.update(ticketComments).set({ text: "", mentions: [] })
    .where(and(eq(ticketComments.workspaceId, workspaceId), sql`${ticketComments.ticketId} in ${ids}`));
}

export async function selectClosedBefore(
  at: Ctx,
  { before, limit }: { before: number; limit: number },
): Promise<string[]> {
  const rows = await at.db.select({ id: tickets.id }).from(tickets).where(and(
    eq(tickets.workspaceId, at.workspaceId),
    sql`state = 'closed'`, // as its index says
    lt(tickets.closedAt, before),
  )).orderBy(asc(tickets.closedAt)).limit(limit);
  return rows.map(({ id }) => id);
}

/** Comments, histories, files' rows, surveys and links of either end go with them. */
export async function deleteTickets(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.db.delete(ticketLinks).where(and(
    eq(ticketLinks.workspaceId, tx.workspaceId),
    eq(ticketLinks.kind, "ticket"),
    sql`${ticketLinks.targetId} in ${listed(ids)}`,
  ));
  await tx.db.delete(tickets)
    .where(sql`+${tickets.workspaceId} = ${tx.workspaceId} and ${tickets.id} in ${listed(ids)}`);
}
