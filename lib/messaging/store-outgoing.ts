import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import {
  attachments,
  contactIdentities,
  contacts,
  conversations,
  messages,
  type MessageState,
} from "../../db/schema/conversations.ts";
import { blind, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type MessageRow = typeof messages.$inferSelect;
export type ConversationRow = typeof conversations.$inferSelect;
export type ContactRow = typeof contacts.$inferSelect;
export type AttachmentRow = typeof attachments.$inferSelect;

/** A message with where it goes. */
export interface Outgoing {
  readonly message: MessageRow;
  readonly conversation: ConversationRow;
  readonly contact: ContactRow;
}

const p = sql.placeholder;
/** Word for word what the indexes messages_unsent and messages_waiting say. */
const UNSENT = sql`direction = 'out' and ${messages.state} in ('pending', 'processing', 'retry')`;

const outgoingById = statement((db) =>
  db.select({ message: messages, conversation: conversations, contact: contacts }).from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .innerJoin(contacts, eq(contacts.id, conversations.contactId))
    .where(and(
      eq(messages.id, p("id")),
      eq(messages.workspaceId, p("workspaceId")),
      eq(messages.direction, "out"),
      eq(conversations.channel, "whatsapp"),
    )).prepare()
);

export async function selectOutgoing(at: Ctx, id: string): Promise<Outgoing | null> {
  const [row] = await outgoingById(at, { id, workspaceId: at.workspaceId });
  return row ?? null;
}

const byExternalId = statement((db) =>
  db.select().from(messages).where(and(
    eq(messages.channelAccountId, p("channelAccountId")),
    eq(messages.externalId, p("externalId")),
    eq(messages.workspaceId, p("workspaceId")),
    eq(messages.direction, "out"),
  )).prepare()
);

export async function selectByWamid(
  at: Ctx,
  of: { channelAccountId: string; externalId: string },
): Promise<MessageRow | null> {
  const [row] = await byExternalId(at, { ...of, workspaceId: at.workspaceId });
  return row ?? null;
}

const rowById = statement((db) =>
  db.select().from(messages)
    .where(and(eq(messages.id, p("id")), eq(messages.workspaceId, p("workspaceId")))).prepare()
);

export async function selectMessageRow(at: Ctx, id: string): Promise<MessageRow | null> {
  const [row] = await rowById(at, { id, workspaceId: at.workspaceId });
  return row ?? null;
}

const setState = statement((db) =>
  db.update(messages).set({
    state: sql`${p("state")}`,
    stateReason: sql`${p("reason")}`,
    nextTryAt: sql`${p("nextTryAt")}`,
    externalId: sql`coalesce(${p("externalId")}, ${messages.externalId})`,
    stateAt: sql`${p("now")}`,
  }).where(and(eq(messages.id, p("id")), eq(messages.workspaceId, p("workspaceId")))).prepare()
);

export interface StateChange {
  readonly id: string;
  readonly state: MessageState;
  readonly reason?: string | null;
  readonly nextTryAt?: number | null;
  readonly externalId?: string | null;
}

export async function updateState(tx: Tx, change: StateChange): Promise<void> {
  const { reason = null, nextTryAt = null, externalId = null } = change;
  await setState(tx, {
    ...change,
    reason,
    nextTryAt,
    externalId,
    now: tx.now(),
    workspaceId: tx.workspaceId,
  });
}

/** For fields that only some messages change. */
export async function updateMessage(
  tx: Tx,
  id: string,
  change: Partial<Pick<MessageRow, "runAt" | "meta" | "content" | "externalId">>,
): Promise<void> {
  await blind(
    tx.db.update(messages).set(change)
      .where(and(eq(messages.id, id), eq(messages.workspaceId, tx.workspaceId))),
  );
}

const addressesOf = statement((db) =>
  db.select({ kind: contactIdentities.kind, value: contactIdentities.value }).from(contactIdentities)
    .where(and(
      eq(contactIdentities.contactId, p("contactId")),
      eq(contactIdentities.workspaceId, p("workspaceId")),
    )).orderBy(asc(contactIdentities.id)).prepare()
);

export async function selectAddresses(at: Ctx, contactId: string) {
  return await addressesOf(at, { contactId, workspaceId: at.workspaceId });
}

export async function selectFiles(at: Ctx, messageId: string): Promise<AttachmentRow[]> {
  return await at.db.select().from(attachments)
    .where(and(eq(attachments.messageId, messageId), eq(attachments.workspaceId, at.workspaceId)))
    .orderBy(asc(attachments.id));
}

export interface QueueFilter {
  readonly states?: readonly MessageState[] | undefined;
  readonly conversationId?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Outgoing messages of channels with a sender, the newest first. */
export async function selectQueue(at: Ctx, filter: QueueFilter): Promise<Outgoing[]> {
  const { states, conversationId, before, limit } = filter;
  return await at.db.select({ message: messages, conversation: conversations, contact: contacts })
    .from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .innerJoin(contacts, eq(contacts.id, conversations.contactId))
    .where(and(
      eq(messages.workspaceId, at.workspaceId),
      sql`${messages.direction} = 'out'`,
      eq(conversations.channel, "whatsapp"),
      states === undefined ? undefined : inArray(messages.state, [...states]),
      conversationId === undefined ? undefined : eq(messages.conversationId, conversationId),
      before === undefined ? undefined : lt(messages.id, before),
    )).orderBy(desc(messages.id)).limit(limit);
}

/** The messages that their conversations' senders are at. */
export async function selectHeads(at: Ctx, conversationIds: readonly string[]): Promise<Set<string>> {
  if (conversationIds.length === 0) return new Set();
  const rows = await at.db.select({ id: sql<string>`min(${messages.id})` }).from(messages).where(and(
    inArray(messages.conversationId, [...conversationIds]),
    eq(messages.workspaceId, at.workspaceId),
    UNSENT,
    or(isNull(messages.runAt), sql`${messages.runAt} <= ${at.now()}`),
  )).groupBy(messages.conversationId);
  return new Set(rows.map(({ id }) => id));
}

export async function countStates(at: Ctx): Promise<{ state: MessageState; count: number }[]> {
  return await at.db.select({ state: messages.state, count: sql<number>`count(*)` }).from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(and(
      eq(messages.workspaceId, at.workspaceId),
      sql`${messages.direction} = 'out'`,
      eq(conversations.channel, "whatsapp"),
    )).groupBy(messages.state);
}

/** When the oldest message that is to be sent now was stored; null when none waits. */
export async function selectOldestDue(at: Ctx): Promise<number | null> {
  const [row] = await at.db.select({ at: sql<number | null>`min(${messages.createdAt})` }).from(messages)
    .where(and(
      eq(messages.workspaceId, at.workspaceId),
      sql`${messages.direction} = 'out'`,
      inArray(messages.state, ["pending", "retry"]),
      or(isNull(messages.runAt), sql`${messages.runAt} <= ${at.now()}`),
    ));
  return row?.at ?? null;
}

/** Of all workspaces: messages that nobody has touched for a while though they are to be sent. */
export async function selectForgotten(
  at: Ctx,
  { before, limit }: { before: number; limit: number },
): Promise<{ id: string; workspaceId: string }[]> {
  return await at.db.select({ id: messages.id, workspaceId: messages.workspaceId }).from(messages)
    .innerJoin(conversations, eq(conversations.id, messages.conversationId))
    .where(and(
      UNSENT,
      eq(conversations.channel, "whatsapp"),
      lt(messages.stateAt, before),
      or(isNull(messages.runAt), lt(messages.runAt, before)),
      or(isNull(messages.nextTryAt), lt(messages.nextTryAt, before)),
    )).orderBy(asc(messages.id)).limit(limit);
}

/** The customer's latest message of a conversation, to be marked as seen; null: there is none with an id. */
export async function selectLastIncoming(at: Ctx, conversationId: string): Promise<MessageRow | null> {
  const [row] = await at.db.select().from(messages).where(and(
    eq(messages.conversationId, conversationId),
    eq(messages.workspaceId, at.workspaceId),
    eq(messages.direction, "in"),
    isNotNull(messages.externalId),
  )).orderBy(desc(messages.id)).limit(1);
  return row ?? null;
}
