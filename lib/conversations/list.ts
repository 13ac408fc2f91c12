import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { decodeCursor, encodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import type { Mood } from "../sentiment/mod.ts";
import { loadTalk } from "./load.ts";
import { type ConversationView, conversationView, type MessageView, messageView } from "./present.ts";
import { type Channel, type ConversationState, countByState, selectTalks } from "./store.ts";
import {
  type MessageFilter,
  type MessageRow,
  selectAttachments,
  selectMessages,
  selectRatings,
} from "./store-messages.ts";

export interface ConversationQuery extends PageRequest {
  /** `open`: all but closed. */
  readonly state?: ConversationState | "open" | undefined;
  readonly channel?: Channel | undefined;
  readonly contactId?: string | undefined;
  /** How the customer's latest words sound. */
  readonly mood?: Mood | undefined;
  /** In the contact's name or the last message. */
  readonly q?: string | undefined;
}

/** The latest message first. */
export async function listConversations(ctx: Ctx, query: ConversationQuery): Promise<Page<ConversationView>> {
  requireScope(ctx, "conversations:read");
  const { limit, cursor, ...filter } = query;
  const keys = cursor === undefined ? null : decodeCursor(cursor, 2);
  const before = keys === null ? undefined : { lastMessageAt: timeKey(keys[0]), id: String(keys[1]) };
  const rows = await selectTalks(ctx, { ...filter, before, limit: limit + 1 });
  return toPage(rows, {
    limit,
    keysOf: ({ conversation }) => [conversation.lastMessageAt, conversation.id],
    toDto: ({ conversation, contact }) => conversationView(conversation, contact),
  });
}

export async function getConversation(
  ctx: Ctx,
  { conversationId }: { conversationId: string },
): Promise<ConversationView> {
  requireScope(ctx, "conversations:read");
  const { conversation, contact } = await loadTalk(ctx, conversationId);
  return conversationView(conversation, contact);
}

export interface ConversationCounts {
  readonly bot: number;
  readonly waiting: number;
  readonly human: number;
  readonly unread: number;
}

export async function countConversations(ctx: Ctx): Promise<ConversationCounts> {
  requireScope(ctx, "conversations:read");
  const rows = await countByState(ctx);
  const of = (state: ConversationState) => rows.find((row) => row.state === state)?.count ?? 0;
  return {
    bot: of("bot"),
    waiting: of("waiting"),
    human: of("human"),
    unread: rows.reduce((sum, { unread }) => sum + unread, 0),
  };
}

export interface MessageQuery extends PageRequest {
  readonly conversationId: string;
  readonly after?: string | undefined;
}

/** In the order of time; the first page holds the latest ones, its cursor leads to older ones. */
export async function listMessages(ctx: Ctx, query: MessageQuery): Promise<Page<MessageView>> {
  requireScope(ctx, "conversations:read");
  const [, page] = await Promise.all([
    loadTalk(ctx, query.conversationId),
    pageOfMessages(ctx, { ...query, of: query.conversationId }),
  ]);
  return page;
}

/** For verbs that check whose conversations of the workspace these are. */
export async function pageOfMessages(
  ctx: Ctx,
  query: PageRequest & Pick<MessageFilter, "of" | "after">,
): Promise<Page<MessageView>> {
  const { of, limit, cursor, after } = query;
  if (after !== undefined) {
    const rows = await selectMessages(ctx, { of, after, limit });
    return { data: await viewsOf(ctx, rows), next_cursor: null };
  }
  const before = cursor === undefined ? undefined : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectMessages(ctx, { of, before, limit: limit + 1 });
  const kept = rows.slice(0, limit).reverse();
  const oldest = kept[0];
  return {
    data: await viewsOf(ctx, kept),
    next_cursor: rows.length > limit && oldest !== undefined ? encodeCursor([oldest.id]) : null,
  };
}

async function viewsOf(ctx: Ctx, rows: readonly MessageRow[]): Promise<MessageView[]> {
  const ids = rows.map(({ id }) => id);
  const [attachments, ratings] = await Promise.all([selectAttachments(ctx, ids), selectRatings(ctx, ids)]);
  return rows.map((row) =>
    messageView(row, {
      attachments: attachments.filter(({ messageId }) => messageId === row.id),
      rating: ratings.find(({ messageId }) => messageId === row.id),
    })
  );
}
