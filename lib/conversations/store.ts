import { and, desc, eq, inArray, ne, or, sql } from "drizzle-orm";
import {
  type Channel,
  contacts,
  conversations,
  type ConversationState,
  type MessageKind,
} from "../../db/schema/conversations.ts";
import { blind, statement, statementBlind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Felt, Mood } from "../sentiment/mod.ts";
import { newId } from "../kernel/ids.ts";
import type { ContactRow } from "./store-contacts.ts";

export * from "./store-kinds.ts";

export type ConversationRow = typeof conversations.$inferSelect;

/** A conversation with the contact that it is with. */
export interface Talk {
  readonly conversation: ConversationRow;
  readonly contact: ContactRow;
}

const p = sql.placeholder;

const byId = statement((db) =>
  db.select({ conversation: conversations, contact: contacts }).from(conversations)
    .innerJoin(contacts, eq(contacts.id, conversations.contactId))
    .where(and(eq(conversations.id, p("id")), eq(conversations.workspaceId, p("workspaceId")))).prepare()
);

export async function selectTalk(at: Ctx, id: string): Promise<Talk | null> {
  const [row] = await byId(at, { id, workspaceId: at.workspaceId });
  return row ?? null;
}

const openOf = statement((db) =>
  db.select().from(conversations).where(and(
    eq(conversations.channelAccountId, p("channelAccountId")),
    eq(conversations.contactId, p("contactId")),
    eq(conversations.workspaceId, p("workspaceId")),
    sql`state <> 'closed'`,
  )).prepare()
);

/** The one conversation of a contact on an account that is not closed. */
export async function selectOpen(
  at: Ctx,
  of: { channelAccountId: string; contactId: string },
): Promise<ConversationRow | null> {
  const [row] = await openOf(at, { ...of, workspaceId: at.workspaceId });
  return row ?? null;
}

const insertOne = statementBlind((db) =>
  db.insert(conversations).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    contactId: p("contactId"),
    channelAccountId: p("channelAccountId"),
    channel: p("channel"),
    state: p("state"),
    locale: p("locale"),
    lastMessageAt: p("lastMessageAt"),
    changedAt: p("changedAt"),
    createdAt: p("createdAt"),
  }).prepare()
);

export interface NewConversation {
  readonly contactId: string;
  readonly channelAccountId: string;
  readonly channel: Channel;
  readonly locale: string | null;
}

/** What the row of a new conversation has in the columns that are not given. */
const UNTOUCHED = {
  state: "bot",
  assigneeId: null,
  handoverReason: null,
  waitingSince: null,
  returnAt: null,
  greetedAt: null,
  misses: 0,
  lastMessageText: null,
  unread: 0,
  windowUntil: null,
  sentiment: null,
  mood: null,
  closedAt: null,
} as const;

export async function insertConversation(tx: Tx, fresh: NewConversation): Promise<ConversationRow> {
  const now = tx.now();
  const row: ConversationRow = {
    ...UNTOUCHED,
    ...fresh,
    id: newId("conversation"),
    workspaceId: tx.workspaceId,
    lastMessageAt: now,
    changedAt: now,
    createdAt: now,
  };
  await insertOne(tx, { ...row });
  return row;
}

const touch = statementBlind((db) =>
  db.update(conversations).set({
    lastMessageAt: sql`${p("now")}`,
    changedAt: sql`${p("now")}`,
    lastMessageText: sql`${p("text")}`,
    unread: sql`case ${
      p("unread")
    } when 'up' then ${conversations.unread} + 1 when 'keep' then ${conversations.unread} else 0 end`,
    returnAt: sql`case when state in ('human', 'waiting') then ${p("returnAt")} else null end`,
    windowUntil: sql`case when ${p("windowUntil")} is null then ${conversations.windowUntil}
      else max(coalesce(${conversations.windowUntil}, 0), ${p("windowUntil")}) end`,
    sentiment: sql`coalesce(${p("sentiment")}, ${conversations.sentiment})`,
    mood: sql`coalesce(${p("mood")}, ${conversations.mood})`,
  }).where(and(eq(conversations.id, p("id")), eq(conversations.workspaceId, p("workspaceId")))).prepare()
);

export interface Touch {
  readonly text: string;
  /** Counts up the unread ones; an answer of a person counts as having read. */
  readonly unread: "up" | "keep" | "none";
  readonly returnAt: number | null;
  /** The customer's message lets us write until then. */
  readonly windowUntil?: number | null;
  /** How the customer sounds; what says nothing leaves it as it was. */
  readonly felt?: Felt;
}

const keepUnread = statementBlind((db) =>
  db.update(conversations).set({
    lastMessageAt: sql`${p("now")}`,
    changedAt: sql`${p("now")}`,
    lastMessageText: sql`${p("text")}`,
  }).where(and(eq(conversations.id, p("id")), eq(conversations.workspaceId, p("workspaceId")))).prepare()
);

/** How much of a message a list shows. */
const PREVIEW = 200;

const SILENCE: Felt = { sentiment: null, mood: null };

/** Writes what lists show after a message came or went. */
export async function touchConversation(tx: Tx, id: string, last: Touch): Promise<void> {
  const { text, unread, returnAt, windowUntil = null, felt = SILENCE } = last;
  await touch(tx, {
    id,
    workspaceId: tx.workspaceId,
    now: tx.now(),
    text: preview(text),
    unread,
    returnAt,
    windowUntil,
    ...felt,
  });
}

/** After a message of the bot: a person has still not read what came in. */
export async function touchByBot(tx: Tx, id: string, text: string): Promise<void> {
  await keepUnread(tx, { id, workspaceId: tx.workspaceId, now: tx.now(), text: preview(text) });
}

function preview(text: string): string {
  return text.slice(0, PREVIEW).toWellFormed();
}

const spoke = statementBlind((db) =>
  db.update(conversations).set({
    misses: sql`${p("misses")}`,
    locale: sql`${p("locale")}`,
    greetedAt: sql`coalesce(${conversations.greetedAt}, ${p("now")})`,
  }).where(and(eq(conversations.id, p("id")), eq(conversations.workspaceId, p("workspaceId")))).prepare()
);

/** What the bot remembers of its turn: that it greeted, in which language, and how often it did not know. */
export async function rememberTurn(
  tx: Tx,
  { id, misses, locale }: { id: string; misses: number; locale: string },
): Promise<void> {
  await spoke(tx, { id, misses, locale, now: tx.now(), workspaceId: tx.workspaceId });
}

export type ConversationChange = Partial<
  Pick<
    ConversationRow,
    | "state"
    | "assigneeId"
    | "handoverReason"
    | "waitingSince"
    | "returnAt"
    | "closedAt"
    | "unread"
    | "misses"
  >
>;

export async function updateConversation(tx: Tx, id: string, change: ConversationChange): Promise<void> {
  await blind(
    tx.db.update(conversations).set({ ...change, changedAt: tx.now() })
      .where(and(eq(conversations.id, id), eq(conversations.workspaceId, tx.workspaceId))),
  );
}

export interface ConversationFilter {
  readonly state?: ConversationState | "open" | undefined;
  readonly channel?: Channel | undefined;
  readonly contactId?: string | undefined;
  readonly mood?: Mood | undefined;
  readonly q?: string | undefined;
  readonly before?: { readonly lastMessageAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** The latest message first. */
export async function selectTalks(ctx: Ctx, filter: ConversationFilter): Promise<Talk[]> {
  const { state, channel, contactId, mood, q, before, limit } = filter;
  const { id } = conversations;
  // Those of one contact are few: the + keeps SQLite from a walk of all there are in the order of the page.
  const lastMessageAt = contactId === undefined
    ? conversations.lastMessageAt
    : sql`+${conversations.lastMessageAt}`;
  const like = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, (char) => `\\${char}`)}%`;
  return await ctx.db.select({ conversation: conversations, contact: contacts }).from(conversations)
    .innerJoin(contacts, eq(contacts.id, conversations.contactId))
    .where(and(
      eq(conversations.workspaceId, ctx.workspaceId),
      state === undefined
        ? undefined
        : state === "open"
        ? ne(conversations.state, "closed")
        : eq(conversations.state, state),
      channel === undefined ? undefined : eq(conversations.channel, channel),
      contactId === undefined ? undefined : eq(conversations.contactId, contactId),
      mood === undefined ? undefined : eq(conversations.mood, mood),
      like === undefined ? undefined : or(
        sql`${contacts.name} like ${like} escape '\\'`,
        sql`${conversations.lastMessageText} like ${like} escape '\\'`,
      ),
      before === undefined
        ? undefined
        : sql`(${lastMessageAt}, ${id}) < (${before.lastMessageAt}, ${before.id})`,
    ))
    .orderBy(desc(lastMessageAt), desc(id)).limit(limit);
}

/** Open conversations by state, and their unread messages. */
export async function countByState(
  ctx: Ctx,
): Promise<{ state: ConversationState; count: number; unread: number }[]> {
  return await ctx.db.select({
    state: conversations.state,
    count: sql<number>`count(*)`,
    unread: sql<number>`coalesce(sum(${conversations.unread}), 0)`,
  }).from(conversations)
    .where(and(
      eq(conversations.workspaceId, ctx.workspaceId),
      inArray(conversations.state, ["bot", "waiting", "human"]),
    ))
    .groupBy(conversations.state);
}

export async function selectOfContact(at: Ctx, contactId: string): Promise<ConversationRow[]> {
  return await at.db.select().from(conversations)
    .where(and(eq(conversations.workspaceId, at.workspaceId), eq(conversations.contactId, contactId)))
    .orderBy(conversations.createdAt, conversations.id);
}

/** What the list shows of a message without words. */
export const KIND_LABELS: Readonly<Record<Exclude<MessageKind, "text" | "system">, string>> = {
  image: "[image]",
  audio: "[audio]",
  video: "[video]",
  document: "[document]",
  sticker: "[sticker]",
  location: "[location]",
  contacts: "[contacts]",
  interactive: "[interactive]",
  template: "[template]",
  reaction: "[reaction]",
  order: "[order]",
  unknown: "[?]",
};
