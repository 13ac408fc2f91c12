import { and, asc, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import {
  type AnswerSource,
  attachments,
  conversations,
  type MessageKind,
  messages,
  type MessageState,
  ratings,
} from "../../db/schema/conversations.ts";
import { blind, statement, statementBlind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type { AnswerSource } from "../../db/schema/conversations.ts";
export type MessageRow = typeof messages.$inferSelect;
export type AttachmentRow = typeof attachments.$inferSelect;
export type RatingRow = typeof ratings.$inferSelect;

const p = sql.placeholder;

const insertOne = statementBlind((db) =>
  db.insert(messages).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    conversationId: p("conversationId"),
    channelAccountId: p("channelAccountId"),
    direction: p("direction"),
    kind: p("kind"),
    text: p("text"),
    externalId: p("externalId"),
    state: p("state"),
    author: p("author"),
    sources: p("sources"),
    origin: p("origin"),
    stateReason: p("stateReason"),
    answeredAt: p("answeredAt"),
    meta: p("meta"),
    content: p("content"),
    runAt: p("runAt"),
    stateAt: p("stateAt"),
    createdAt: p("createdAt"),
  }).prepare()
);

export interface NewMessage {
  readonly id?: string;
  readonly conversationId: string;
  readonly channelAccountId: string;
  readonly direction: "in" | "out";
  readonly kind: MessageKind;
  readonly text: string;
  readonly state: MessageState;
  readonly externalId?: string | null;
  readonly author?: string | null;
  readonly sources?: readonly AnswerSource[] | null;
  readonly origin?: string | null;
  readonly stateReason?: string | null;
  readonly answeredAt?: number | null;
  readonly content?: Readonly<Record<string, unknown>> | null;
  readonly runAt?: number | null;
  readonly meta?: Record<string, unknown> | null;
}

/** What a new row has in the columns that are not given. */
const NOT_GIVEN = {
  externalId: null,
  author: null,
  sources: null,
  origin: null,
  stateReason: null,
  answeredAt: null,
  answerId: null,
  meta: null,
  content: null,
  runAt: null,
  nextTryAt: null,
} as const;

/** The database's unique violation, when the account has a message with this external id, ends the transaction. */
export async function insertMessage(tx: Tx, fresh: NewMessage): Promise<MessageRow> {
  const now = tx.now();
  const { sources = null, content = null } = fresh;
  const row: MessageRow = {
    ...NOT_GIVEN,
    ...fresh,
    sources: sources === null ? null : [...sources],
    content: content === null ? null : { ...content },
    id: fresh.id ?? newId("message"),
    workspaceId: tx.workspaceId,
    stateAt: now,
    createdAt: now,
  };
  await insertOne(tx, { ...row });
  return row;
}

const unansweredOf = statement((db) =>
  db.select().from(messages).where(and(
    eq(messages.conversationId, p("conversationId")),
    eq(messages.workspaceId, p("workspaceId")),
    sql`direction = 'in' and answered_at is null`,
  )).orderBy(asc(messages.id)).limit(p("limit")).prepare()
);

/** The turn: incoming messages that nobody has dealt with, in the order of time. */
export async function selectUnanswered(at: Ctx, conversationId: string, limit = 50): Promise<MessageRow[]> {
  return await unansweredOf(at, { conversationId, limit, workspaceId: at.workspaceId });
}

const answerThese = statementBlind((db) =>
  db.update(messages).set({ answeredAt: sql`${p("now")}`, answerId: sql`${p("answerId")}` }).where(and(
    eq(messages.workspaceId, p("workspaceId")),
    sql`${messages.id} in (select value from json_each(${p("ids")}))`,
    sql`answered_at is null`,
  )).prepare()
);

/** Marks those of the ids that are still unanswered. */
export async function markAnswered(
  tx: Tx,
  { ids, answerId }: { ids: readonly string[]; answerId: string | null },
): Promise<void> {
  const { workspaceId } = tx;
  await answerThese(tx, { workspaceId, now: tx.now(), answerId, ids: JSON.stringify(ids) });
}

const answerAll = statementBlind((db) =>
  db.update(messages).set({ answeredAt: sql`${p("now")}`, answerId: sql`${p("answerId")}` }).where(and(
    eq(messages.conversationId, p("conversationId")),
    eq(messages.workspaceId, p("workspaceId")),
    sql`direction = 'in' and answered_at is null`,
  )).prepare()
);

/** A person has dealt with all that was open. */
export async function markAllAnswered(
  tx: Tx,
  { conversationId, answerId }: { conversationId: string; answerId: string | null },
): Promise<void> {
  await answerAll(tx, { conversationId, answerId, now: tx.now(), workspaceId: tx.workspaceId });
}

export interface MessageFilter {
  /** One conversation, or all that a contact had on an account. */
  readonly of: string | { readonly contactId: string; readonly channelAccountId: string };
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** After an id in the order of time; else the latest first. */
export async function selectMessages(at: Ctx, filter: MessageFilter): Promise<MessageRow[]> {
  const { of, before, after, limit } = filter;
  return await at.db.select().from(messages).where(and(
    eq(messages.workspaceId, at.workspaceId),
    typeof of === "string" ? eq(messages.conversationId, of) : inArray(
      messages.conversationId,
      at.db.select({ id: conversations.id }).from(conversations).where(and(
        eq(conversations.workspaceId, at.workspaceId),
        eq(conversations.contactId, of.contactId),
        eq(conversations.channelAccountId, of.channelAccountId),
      )),
    ),
    before === undefined ? undefined : lt(messages.id, before),
    after === undefined ? undefined : gt(messages.id, after),
  )).orderBy(after === undefined ? desc(messages.id) : asc(messages.id)).limit(limit);
}

const beforeOf = statement((db) =>
  db.select().from(messages).where(and(
    eq(messages.conversationId, p("conversationId")),
    eq(messages.workspaceId, p("workspaceId")),
    sql`${messages.id} < (select min(id) from messages where conversation_id = ${p("conversationId")}
      and direction = 'in' and answered_at is null)`,
  )).orderBy(desc(messages.id)).limit(p("limit")).prepare()
);

/** What was said before the first message that nobody has dealt with, the latest first. */
export async function selectHistory(
  at: Ctx,
  of: { conversationId: string; limit: number },
): Promise<MessageRow[]> {
  return await beforeOf(at, { ...of, workspaceId: at.workspaceId });
}

export async function selectMessage(at: Ctx, id: string): Promise<MessageRow | null> {
  const [row] = await at.db.select().from(messages)
    .where(and(eq(messages.id, id), eq(messages.workspaceId, at.workspaceId)));
  return row ?? null;
}

const firstUnsent = statement((db) =>
  db.select({ id: messages.id }).from(messages).where(and(
    eq(messages.conversationId, p("conversationId")),
    eq(messages.workspaceId, p("workspaceId")),
    // Word for word what the index messages_unsent says.
    sql`direction = 'out' and state in ('pending', 'processing', 'retry')`,
    sql`(run_at is null or run_at <= ${p("now")})`,
  )).orderBy(asc(messages.id)).limit(1).prepare()
);

/** The message that a conversation's sender is at: the first that is not out; those for later don't count. */
export async function selectFirstUnsent(at: Ctx, conversationId: string): Promise<string | null> {
  const [row] = await firstUnsent(at, { conversationId, workspaceId: at.workspaceId, now: at.now() });
  return row?.id ?? null;
}

export async function updateMeta(
  tx: Tx,
  id: string,
  change: Pick<MessageRow, "meta" | "stateReason">,
): Promise<void> {
  await blind(
    tx.db.update(messages).set(change)
      .where(and(eq(messages.id, id), eq(messages.workspaceId, tx.workspaceId))),
  );
}

export async function moveMessages(tx: Tx, move: { from: string; to: string }): Promise<void> {
  await blind(
    tx.db.update(messages).set({ conversationId: move.to })
      .where(and(eq(messages.workspaceId, tx.workspaceId), eq(messages.conversationId, move.from))),
  );
}

export async function insertAttachment(
  tx: Tx,
  fresh: Omit<AttachmentRow, "workspaceId" | "createdAt">,
): Promise<AttachmentRow> {
  const row = { ...fresh, workspaceId: tx.workspaceId, createdAt: tx.now() };
  await blind(tx.db.insert(attachments).values(row));
  return row;
}

export async function selectAttachments(at: Ctx, messageIds: readonly string[]): Promise<AttachmentRow[]> {
  if (messageIds.length === 0) return [];
  return await at.db.select().from(attachments)
    .where(and(eq(attachments.workspaceId, at.workspaceId), inArray(attachments.messageId, [...messageIds])))
    .orderBy(asc(attachments.id));
}

/** An attachment with the conversation that its message belongs to. */
export async function selectAttachment(
  at: Ctx,
  id: string,
): Promise<{ attachment: AttachmentRow; conversationId: string } | null> {
  const [row] = await at.db.select({ attachment: attachments, conversationId: messages.conversationId })
    .from(attachments).innerJoin(messages, eq(messages.id, attachments.messageId))
    .where(and(eq(attachments.id, id), eq(attachments.workspaceId, at.workspaceId)));
  return row ?? null;
}

export async function upsertRating(
  tx: Tx,
  rating: Omit<RatingRow, "workspaceId" | "createdAt">,
): Promise<void> {
  const { helpful, comment } = rating;
  await blind(
    tx.db.insert(ratings).values({ ...rating, workspaceId: tx.workspaceId, createdAt: tx.now() })
      .onConflictDoUpdate({ target: [ratings.messageId, ratings.rater], set: { helpful, comment } }),
  );
}

export async function selectRatings(at: Ctx, messageIds: readonly string[]): Promise<RatingRow[]> {
  if (messageIds.length === 0) return [];
  return await at.db.select().from(ratings)
    .where(and(eq(ratings.workspaceId, at.workspaceId), inArray(ratings.messageId, [...messageIds])));
}
