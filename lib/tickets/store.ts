import { and, eq, sql } from "drizzle-orm";
import { ticketLabels, tickets } from "../../db/schema/tickets.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Felt } from "../sentiment/mod.ts";
import { newId } from "../kernel/ids.ts";

export {
  COMMENT_AUTHORS,
  COMMENT_VISIBILITIES,
  type CommentAuthor,
  type CommentVisibility,
  TICKET_PRIORITIES,
  TICKET_SOURCES,
  TICKET_STATES,
  type TicketDiff,
  type TicketPriority,
  type TicketSource,
  type TicketState,
} from "../../db/schema/tickets.ts";

export type TicketRow = typeof tickets.$inferSelect;

const p = sql.placeholder;

const insertOne = statement((db) =>
  db.insert(tickets).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    number: p("number"),
    subject: p("subject"),
    description: p("description"),
    state: p("state"),
    priority: p("priority"),
    source: p("source"),
    categoryId: p("categoryId"),
    teamId: p("teamId"),
    assigneeId: p("assigneeId"),
    clientId: p("clientId"),
    contactId: p("contactId"),
    conversationId: p("conversationId"),
    labels: p("labels"),
    fields: p("fields"),
    locale: p("locale"),
    assignment: p("assignment"),
    slaPolicyId: p("slaPolicyId"),
    dueAt: p("dueAt"),
    followsId: p("followsId"),
    missedCalls: p("missedCalls"),
    sentiment: p("sentiment"),
    mood: p("mood"),
    createdBy: p("createdBy"),
    createdAt: p("now"),
    updatedAt: p("now"),
  }).prepare()
);

export type TicketFields = Pick<
  TicketRow,
  | "number"
  | "subject"
  | "description"
  | "state"
  | "priority"
  | "source"
  | "categoryId"
  | "teamId"
  | "assigneeId"
  | "clientId"
  | "contactId"
  | "conversationId"
  | "labels"
  | "fields"
  | "locale"
  | "assignment"
  | "slaPolicyId"
  | "dueAt"
  | "followsId"
  | "missedCalls"
  | "sentiment"
  | "mood"
>;

export async function insertTicket(
  tx: Tx,
  fields: TicketFields & { readonly id: string },
): Promise<TicketRow> {
  const now = tx.now();
  const fixed = { workspaceId: tx.workspaceId, createdBy: tx.actor.id };
  const { lastInsertRowid } = await insertOne(tx, { ...fields, ...fixed, now });
  if (lastInsertRowid === undefined) throw new Error("An insert told no row");
  return {
    ...fields,
    ...fixed,
    seq: Number(lastInsertRowid),
    version: 1,
    scheduledFor: null,
    firstResponseAt: null,
    resolvedAt: null,
    closedAt: null,
    reopens: 0,
    mergedInto: null,
    createdAt: now,
    updatedAt: now,
  };
}

const byId = statementOne((db) =>
  db.select().from(tickets).where(and(eq(tickets.id, p("id")), eq(tickets.workspaceId, p("workspaceId"))))
    .prepare()
);

export async function selectTicket(at: Ctx, id: string): Promise<TicketRow | null> {
  return await byId(at, { id, workspaceId: at.workspaceId }) ?? null;
}

/** What is told of a ticket; the whole row holds long explanations besides. */
export type ToldTicket = Pick<
  TicketRow,
  "id" | "number" | "subject" | "state" | "assigneeId" | "teamId" | "contactId" | "conversationId" | "dueAt"
>;

const toldById = statementOne((db) =>
  db.select({
    id: tickets.id,
    number: tickets.number,
    subject: tickets.subject,
    state: tickets.state,
    assigneeId: tickets.assigneeId,
    teamId: tickets.teamId,
    contactId: tickets.contactId,
    conversationId: tickets.conversationId,
    dueAt: tickets.dueAt,
  }).from(tickets).where(and(eq(tickets.id, p("id")), eq(tickets.workspaceId, p("workspaceId")))).prepare()
);

export async function selectToldTicket(at: Ctx, id: string): Promise<ToldTicket | null> {
  return await toldById(at, { id, workspaceId: at.workspaceId }) ?? null;
}

/** Resolved tickets in the order of their index, behind one of them. */
export async function selectResolved(
  at: Ctx,
  { after, limit }: { after: readonly [string, number, number] | null; limit: number },
): Promise<TicketRow[]> {
  const { priority, createdAt, seq } = tickets;
  return await at.db.select().from(tickets).where(and(
    eq(tickets.workspaceId, at.workspaceId),
    eq(tickets.state, "resolved"),
    after === null
      ? undefined
      : sql`(${priority}, ${createdAt}, ${seq}) > (${after[0]}, ${after[1]}, ${after[2]})`,
  )).orderBy(priority, createdAt, seq).limit(limit);
}

/** Writes fields and counts the version up. False when it has another version than `row` by now. */
export async function updateTicketRow(
  tx: Tx,
  row: Pick<TicketRow, "id" | "version">,
  fields: Partial<Omit<TicketRow, "id" | "seq" | "workspaceId" | "version" | "number">>,
): Promise<boolean> {
  const made = await tx.db.update(tickets)
    .set({ ...fields, version: row.version + 1, updatedAt: tx.now() })
    .where(and(
      eq(tickets.id, row.id),
      eq(tickets.workspaceId, tx.workspaceId),
      eq(tickets.version, row.version),
    ));
  return made.rowsAffected === 1;
}

/** When it is due next is no change that anybody made, so it is no other version; who follows changes sees it. */
export async function writeDue(tx: Tx, id: string, dueAt: number | null): Promise<void> {
  await tx.db.update(tickets).set({ dueAt, updatedAt: tx.now() }).where(and(
    eq(tickets.id, id),
    eq(tickets.workspaceId, tx.workspaceId),
    sql`${tickets.dueAt} is not ${dueAt}`,
  ));
}

/** Nor is how the customer sounds. */
export async function writeMood(
  tx: Tx,
  id: string,
  { sentiment, mood }: Felt,
): Promise<void> {
  await tx.db.update(tickets).set({ sentiment, mood })
    .where(and(eq(tickets.id, id), eq(tickets.workspaceId, tx.workspaceId)));
}

/** The plus keeps SQLite from walking the labels of the whole workspace. */
const labelsOf = (tx: Tx, seq: number) =>
  and(sql`+${ticketLabels.workspaceId} = ${tx.workspaceId}`, eq(ticketLabels.seq, seq));

/** Makes the rows by which tickets are found under a label like the ticket's own list. */
export async function writeLabels(
  tx: Tx,
  { seq, createdAt, state, labels, fresh }: Pick<TicketRow, "seq" | "createdAt" | "state"> & {
    readonly labels: readonly string[];
    readonly fresh: boolean;
  },
): Promise<void> {
  if (!fresh) {
    await tx.db.delete(ticketLabels).where(labelsOf(tx, seq));
  }
  if (labels.length === 0) return;
  await tx.db.insert(ticketLabels)
    .values(labels.map((label) => ({ seq, createdAt, state, workspaceId: tx.workspaceId, label })));
}

/** What is found under a label is found by its state too. */
export async function writeLabelState(
  tx: Tx,
  { seq, state }: Pick<TicketRow, "seq" | "state">,
): Promise<void> {
  await tx.db.update(ticketLabels).set({ state }).where(labelsOf(tx, seq));
}

/** A new ticket's id, known before its row is. */
export const newTicketId = () => newId("ticket");
