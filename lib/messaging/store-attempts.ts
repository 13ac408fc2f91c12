import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import { type AttemptOutcome, messageAttempts, strayStatuses } from "../../db/schema/messaging.ts";
import { blind, statement, statementBlind } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";

export type AttemptRow = typeof messageAttempts.$inferSelect;

const p = sql.placeholder;

const attemptsOf = statement((db) =>
  db.select().from(messageAttempts).where(and(
    eq(messageAttempts.messageId, p("messageId")),
    eq(messageAttempts.workspaceId, p("workspaceId")),
  )).orderBy(asc(messageAttempts.number)).prepare()
);

/** The first first. */
export async function selectAttempts(at: Ctx, messageId: string): Promise<AttemptRow[]> {
  return await attemptsOf(at, { messageId, workspaceId: at.workspaceId });
}

const TRIES = { count: sql<number>`count(*)`, first: sql<number | null>`min(${messageAttempts.startedAt})` };

const triesOfAccount = statement((db) =>
  db.select(TRIES).from(messageAttempts)
    .where(and(eq(messageAttempts.accountId, p("accountId")), gt(messageAttempts.startedAt, p("after"))))
    .prepare()
);

const triesOfPair = statement((db) =>
  db.select(TRIES).from(messageAttempts).where(and(
    eq(messageAttempts.accountId, p("accountId")),
    eq(messageAttempts.contactId, p("contactId")),
    gt(messageAttempts.startedAt, p("after")),
  )).prepare()
);

export interface Tries {
  readonly count: number;
  /** When the first of them began; null: there is none. */
  readonly first: number | null;
}

/** The tries since `after` of an account, or of it with one contact. */
export async function countTries(
  at: Ctx,
  of: { accountId: string; contactId: string | null; after: number },
): Promise<Tries> {
  const [row] = of.contactId === null ? await triesOfAccount(at, of) : await triesOfPair(at, of);
  return row ?? { count: 0, first: null };
}

const insertAttemptRow = statementBlind((db) =>
  db.insert(messageAttempts).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    accountId: p("accountId"),
    contactId: p("contactId"),
    messageId: p("messageId"),
    number: p("number"),
    startedAt: p("now"),
    calledAt: p("calledAt"),
  }).prepare()
);

export async function insertAttempt(
  tx: Tx,
  fresh: {
    messageId: string;
    accountId: string;
    contactId: string;
    number: number;
    calledAt: number | null;
  },
): Promise<string> {
  const id = newId("attempt");
  await insertAttemptRow(tx, { id, ...fresh, now: tx.now(), workspaceId: tx.workspaceId });
  return id;
}

/** The call begins now. */
export async function markCalled(tx: Tx, id: string): Promise<void> {
  await blind(
    tx.db.update(messageAttempts).set({ calledAt: tx.now() })
      .where(and(eq(messageAttempts.id, id), eq(messageAttempts.workspaceId, tx.workspaceId))),
  );
}

const endOne = statement((db) =>
  db.update(messageAttempts).set({
    endedAt: sql`${p("now")}`,
    outcome: sql`${p("outcome")}`,
    externalId: sql`${p("externalId")}`,
    reason: sql`${p("reason")}`,
    errorCode: sql`${p("errorCode")}`,
    errorDetail: sql`${p("errorDetail")}`,
    trace: sql`${p("trace")}`,
  }).where(and(
    eq(messageAttempts.id, p("id")),
    eq(messageAttempts.workspaceId, p("workspaceId")),
    sql`outcome is null`,
  )).prepare()
);

export interface AttemptEnd {
  readonly outcome: AttemptOutcome;
  readonly externalId?: string | null;
  readonly reason?: string | null;
  readonly errorCode?: number | null;
  readonly errorDetail?: string | null;
  readonly trace?: string | null;
}

/** False when it was ended before. */
export async function endAttempt(tx: Tx, id: string, end: AttemptEnd): Promise<boolean> {
  const { workspaceId } = tx;
  const nothing = { externalId: null, reason: null, errorCode: null, errorDetail: null, trace: null };
  return (await endOne(tx, { ...nothing, ...end, id, workspaceId, now: tx.now() })).rowsAffected === 1;
}

const insertStrayRow = statement((db) =>
  db.insert(strayStatuses).values({
    workspaceId: p("workspaceId"),
    channelAccountId: p("channelAccountId"),
    externalId: p("externalId"),
    status: p("status"),
    data: p("data"),
    createdAt: p("now"),
  }).onConflictDoNothing().prepare()
);

export interface Stray {
  readonly channelAccountId: string;
  readonly externalId: string;
  readonly status: string;
  readonly data: Record<string, unknown>;
}

export async function insertStray(tx: Tx, stray: Stray): Promise<void> {
  await insertStrayRow(tx, { ...stray, now: tx.now(), workspaceId: tx.workspaceId });
}

const takeStrayRows = statement((db) =>
  db.delete(strayStatuses).where(and(
    eq(strayStatuses.channelAccountId, p("channelAccountId")),
    eq(strayStatuses.externalId, p("externalId")),
    eq(strayStatuses.workspaceId, p("workspaceId")),
  )).returning({ data: strayStatuses.data }).prepare()
);

/** Statuses that came before we knew the message's id. They are gone from there afterwards. */
export async function takeStrays(
  tx: Tx,
  of: { channelAccountId: string; externalId: string },
): Promise<Record<string, unknown>[]> {
  return (await takeStrayRows(tx, { ...of, workspaceId: tx.workspaceId })).map(({ data }) => data);
}

export async function countAttempts(at: Ctx, messageIds: readonly string[]): Promise<Map<string, number>> {
  if (messageIds.length === 0) return new Map();
  const rows = await at.db.select({ id: messageAttempts.messageId, count: sql<number>`count(*)` })
    .from(messageAttempts).where(and(
      eq(messageAttempts.workspaceId, at.workspaceId),
      inArray(messageAttempts.messageId, [...messageIds]),
    )).groupBy(messageAttempts.messageId);
  return new Map(rows.map(({ id, count }) => [id, count]));
}
