import { and, asc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import type { AnySQLiteColumn } from "drizzle-orm/sqlite-core";
import { attachments, contacts, conversations, messages, ratings } from "../../db/schema/conversations.ts";
import { unansweredQuestions } from "../../db/schema/knowledge.ts";
import { blind, listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type UnansweredRow = typeof unansweredQuestions.$inferSelect;

/** All messages of conversations, for an export; bounded by what one contact ever wrote. */
export async function selectAllMessages(at: Ctx, conversationIds: readonly string[]) {
  if (conversationIds.length === 0) return [];
  return await at.db.select().from(messages).where(and(
    eq(messages.workspaceId, at.workspaceId),
    inArray(messages.conversationId, [...conversationIds]),
  )).orderBy(asc(messages.id));
}

export async function selectUnansweredOf(
  at: Ctx,
  conversationIds: readonly string[],
): Promise<UnansweredRow[]> {
  if (conversationIds.length === 0) return [];
  return await at.db.select().from(unansweredQuestions).where(and(
    eq(unansweredQuestions.workspaceId, at.workspaceId),
    inArray(unansweredQuestions.conversationId, [...conversationIds]),
  ));
}

/** The plus keeps SQLite from walking the workspace's, here and below. */
const ours = (tx: Tx, column: AnySQLiteColumn) => sql`+${column} = ${tx.workspaceId}`;

const ofConversations = (tx: Tx, ids: readonly string[]) =>
  and(ours(tx, messages.workspaceId), inArray(messages.conversationId, [...ids]));

/** Empties what the messages say and deletes their files' rows; resolves to the blobs that are to go. */
export async function emptyMessages(
  tx: Tx,
  conversationIds: readonly string[],
): Promise<{ messages: number; blobKeys: string[] }> {
  if (conversationIds.length === 0) return { messages: 0, blobKeys: [] };
  const ids = tx.db.select({ id: messages.id }).from(messages).where(ofConversations(tx, conversationIds));
  const files = await tx.db.delete(attachments)
    .where(and(ours(tx, attachments.workspaceId), inArray(attachments.messageId, ids)))
    .returning({ blobKey: attachments.blobKey });
  await blind(
    tx.db.update(ratings).set({ comment: null })
      .where(and(ours(tx, ratings.workspaceId), inArray(ratings.messageId, ids))),
  );
  const emptied = await tx.db.update(messages)
    .set({
      text: "",
      externalId: null,
      sources: null,
      meta: null,
      content: null,
      stateReason: null,
      answeredAt: tx.now(),
    })
    .where(ofConversations(tx, conversationIds));
  return { messages: emptied.rowsAffected, blobKeys: files.map(({ blobKey }) => blobKey) };
}

/** Closes what is open and forgets what lists show. */
export async function emptyConversations(tx: Tx, contactId: string): Promise<void> {
  await blind(
    tx.db.update(conversations).set({
      state: "closed",
      closedAt: sql`coalesce(${conversations.closedAt}, ${tx.now()})`,
      lastMessageText: null,
      sentiment: null,
      mood: null,
      returnAt: null,
      waitingSince: null,
      unread: 0,
      changedAt: tx.now(),
    }).where(and(eq(conversations.workspaceId, tx.workspaceId), eq(conversations.contactId, contactId))),
  );
}

export async function selectClosedBefore(
  at: Ctx,
  { before, limit }: { before: number; limit: number },
): Promise<string[]> {
  const rows = await at.db.select({ id: conversations.id }).from(conversations).where(and(
    eq(conversations.workspaceId, at.workspaceId),
    eq(conversations.state, "closed"),
    lt(conversations.lastMessageAt, before),
  )).orderBy(asc(conversations.lastMessageAt)).limit(limit);
  return rows.map(({ id }) => id);
}

/** Messages, ratings and files' rows go with them. */
export async function deleteConversations(tx: Tx, ids: readonly string[]): Promise<void> {
  await blind(
    tx.db.delete(conversations)
      .where(and(eq(conversations.workspaceId, tx.workspaceId), inArray(conversations.id, [...ids]))),
  );
}

/** Contacts made before a time, in the order of making. */
export async function selectMadeBefore(
  at: Ctx,
  { before, after, limit }: { before: number; after: string; limit: number },
): Promise<string[]> {
  const rows = await at.db.select({ id: contacts.id, createdAt: contacts.createdAt }).from(contacts)
    .where(and(eq(contacts.workspaceId, at.workspaceId), gt(contacts.id, after)))
    .orderBy(asc(contacts.id)).limit(limit);
  // Ids are in the order of time: behind the first younger one nobody is old.
  const young = rows.findIndex(({ createdAt }) => createdAt >= before);
  return (young < 0 ? rows : rows.slice(0, young)).map(({ id }) => id);
}

/** Of these, visitors that opened the chat and never said a word, and are no client's. */
export async function deleteSilentContacts(tx: Tx, ids: readonly string[]): Promise<number> {
  const { rowsAffected } = await tx.db.delete(contacts).where(and(
    ours(tx, contacts.workspaceId),
    sql`${contacts.id} in ${listed(ids)}`,
    sql`not exists (select 1 from conversations where conversations.contact_id = ${contacts.id})`,
    sql`not exists (select 1 from contact_identities i where i.contact_id = ${contacts.id} and i.kind <> 'web')`,
    sql`not exists (select 1 from client_contacts l where l.contact_id = ${contacts.id})`,
    sql`not exists (select 1 from former_client_contacts f where f.contact_id = ${contacts.id})`,
  ));
  return rowsAffected;
}
