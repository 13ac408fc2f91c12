import { and, asc, eq, lt, sql } from "drizzle-orm";
import { events } from "../../db/schema/log.ts";
import {
  ticketComments,
  ticketHistory,
  ticketLinks,
  tickets,
  ticketSurveys,
} from "../../db/schema/tickets.ts";
import type { Ctx, Tx } from "../context.ts";
import type { TicketRow } from "./store.ts";

const listed = (ids: readonly string[]) => sql`(select value from json_each(${JSON.stringify(ids)}))`;

/** Every ticket of a contact, the oldest first. */
export async function selectOfContact(at: Ctx, contactId: string): Promise<TicketRow[]> {
  return await at.db.select().from(tickets)
    .where(and(eq(tickets.workspaceId, at.workspaceId), eq(tickets.contactId, contactId)))
    .orderBy(asc(tickets.seq));
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

/** What the log says of these tickets goes; that something happened stays. */
export async function emptyEvents(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  await tx.db.update(events).set({ data: { erased: true } })
    .where(and(eq(events.workspaceId, tx.workspaceId), sql`${events.subjectId} in ${listed(ticketIds)}`));
}

/** Empties what tickets, comments, histories and surveys say of a person. */
export async function emptyTickets(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  const ids = listed(ticketIds);
  const { workspaceId } = tx;
  await tx.db.run(sql`delete from ticket_fts where rowid in (select seq from tickets
    where workspace_id = ${workspaceId} and id in ${ids})`);
  await tx.db.update(tickets).set({
    subject: "",
    description: "",
    fields: {},
    sentiment: null,
    mood: null,
    updatedAt: tx.now(),
  })
    .where(and(eq(tickets.workspaceId, workspaceId), sql`${tickets.id} in ${ids}`));
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
    eq(tickets.state, "closed"),
    lt(tickets.closedAt, before),
  )).limit(limit);
  return rows.map(({ id }) => id);
}

/** Comments, histories, files' rows, surveys and links of either end go with them. */
export async function deleteTickets(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.db.delete(ticketLinks).where(and(
    eq(ticketLinks.workspaceId, tx.workspaceId),
    eq(ticketLinks.kind, "ticket"),
    sql`${ticketLinks.targetId} in ${listed(ids)}`,
  ));
  await tx.db.delete(tickets).where(
    and(eq(tickets.workspaceId, tx.workspaceId), sql`${tickets.id} in ${listed(ids)}`),
  );
}
