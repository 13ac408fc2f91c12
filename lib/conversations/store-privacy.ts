import { and, asc, eq, inArray, lt, or, sql } from "drizzle-orm";
import { attachments, contacts, conversations, messages, ratings } from "../../db/schema/conversations.ts";
import { unansweredQuestions } from "../../db/schema/knowledge.ts";
import { events } from "../../db/schema/log.ts";
import { blind } from "../../db/statement.ts";
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

const ofConversations = (tx: Tx, ids: readonly string[]) =>
  and(eq(messages.workspaceId, tx.workspaceId), inArray(messages.conversationId, [...ids]));

/** Empties what the messages say and deletes their files' rows; resolves to the blobs that are to go. */
export async function emptyMessages(
  tx: Tx,
  conversationIds: readonly string[],
): Promise<{ messages: number; blobKeys: string[] }> {
  if (conversationIds.length === 0) return { messages: 0, blobKeys: [] };
  const ids = tx.db.select({ id: messages.id }).from(messages).where(ofConversations(tx, conversationIds));
  const files = await tx.db.delete(attachments)
    .where(and(eq(attachments.workspaceId, tx.workspaceId), inArray(attachments.messageId, ids)))
    .returning({ blobKey: attachments.blobKey });
  await blind(
    tx.db.update(ratings).set({ comment: null })
      .where(and(eq(ratings.workspaceId, tx.workspaceId), inArray(ratings.messageId, ids))),
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

/** The log keeps that something happened; what was said goes. */
export async function emptyEvents(
  tx: Tx,
  { conversationIds, subjectIds = [] }: {
    conversationIds: readonly string[];
    subjectIds?: readonly string[];
  },
): Promise<void> {
  await blind(
    tx.db.update(events).set({ data: { erased: true } }).where(and(
      eq(events.workspaceId, tx.workspaceId),
      or(
        conversationIds.length === 0 ? undefined : inArray(events.conversationId, [...conversationIds]),
        subjectIds.length === 0 ? undefined : inArray(events.subjectId, [...subjectIds]),
      ),
    )),
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

/** Visitors that opened the chat and never said a word. */
export async function deleteSilentContacts(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const silent = tx.db.select({ id: contacts.id }).from(contacts).where(and(
    eq(contacts.workspaceId, tx.workspaceId),
    lt(contacts.createdAt, before),
    sql`not exists (select 1 from conversations where conversations.workspace_id = ${contacts.workspaceId}
      and conversations.contact_id = ${contacts.id})`,
    sql`not exists (select 1 from contact_identities i where i.contact_id = ${contacts.id} and i.kind <> 'web')`,
  )).limit(limit);
  return (await tx.db.delete(contacts).where(inArray(contacts.id, silent))).rowsAffected;
}
