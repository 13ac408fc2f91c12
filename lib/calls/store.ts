import { and, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, max, type SQL, sql } from "drizzle-orm";
import { calls, callSettings } from "../../db/schema/calls.ts";
import { listed, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type CallRow = typeof calls.$inferSelect;
export type CallSettingsRow = typeof callSettings.$inferSelect;

const p = sql.placeholder;
const c = calls;

const byId = statementOne((db) =>
  db.select().from(c).where(and(eq(c.workspaceId, p("workspaceId")), eq(c.id, p("id")))).prepare()
);

export async function selectCall(at: Ctx, id: string): Promise<CallRow | null> {
  return await byId(at, { workspaceId: at.workspaceId, id }) ?? null;
}

const byExternalId = statementOne((db) =>
  db.select().from(c)
    .where(and(eq(c.workspaceId, p("workspaceId")), eq(c.externalId, p("externalId")))).prepare()
);

export async function selectCallByExternalId(at: Ctx, externalId: string): Promise<CallRow | null> {
  return await byExternalId(at, { workspaceId: at.workspaceId, externalId }) ?? null;
}

export interface CallFilter {
  readonly before: readonly [number, string] | null;
  readonly limit: number;
  readonly direction?: CallRow["direction"] | undefined;
  readonly state?: CallRow["state"] | undefined;
  readonly operatorId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly ticketId?: string | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Of so many tickets, those of the latest calls, is looked whether one is still open. */
const MOST_TICKETS = 5;

export interface Caller {
  readonly phones: readonly string[];
  readonly contactId: string | null;
  /** Only of whom no contact is known: those of a company are several people. */
  readonly clientId: string | null;
}

/** The tickets of the calls of somebody that were missed, those of the latest calls first. */
export async function selectMissedTickets(
  at: Ctx,
  { phones, contactId, clientId, until }: Caller & { readonly until?: number },
): Promise<string[]> {
  const by = async (caller: SQL) => {
    const rows = await at.db.select({ id: c.missedTicketId }).from(c).where(and(
      eq(c.workspaceId, at.workspaceId),
      caller,
      isNotNull(c.missedTicketId),
      eq(c.direction, "in"),
      until === undefined ? undefined : lte(c.startedAt, until),
    )).groupBy(c.missedTicketId).orderBy(desc(max(c.startedAt))).limit(MOST_TICKETS);
    return rows.flatMap(({ id }) => id ?? []);
  };
  const ways = [
    ...phones.length === 0 ? [] : [inArray(c.phone, [...phones])],
    ...contactId === null ? [] : [eq(c.contactId, contactId)],
    ...clientId === null ? [] : [eq(c.clientId, clientId)],
  ];
  return [...new Set((await Promise.all(ways.map(by))).flat())];
}

/** Our answered calls to a number since an instant that are noted on no ticket of missed calls. */
export async function selectCallBacks(
  at: Ctx,
  { phones, since }: { readonly phones: readonly string[]; readonly since: number },
): Promise<CallRow[]> {
  if (phones.length === 0) return [];
  return await at.db.select().from(c).where(and(
    eq(c.workspaceId, at.workspaceId),
    inArray(c.phone, [...phones]),
    gte(c.startedAt, since),
    eq(c.direction, "out"),
    isNotNull(c.answeredAt),
    isNull(c.missedTicketId),
  )).orderBy(sql`+${c.startedAt}`);
}

/** The latest first. */
export async function selectCalls(at: Ctx, filter: CallFilter): Promise<CallRow[]> {
  const { before, limit, from, to, phones } = filter;
  const same = [
    [c.direction, filter.direction],
    [c.state, filter.state],
    [c.operatorId, filter.operatorId],
    [c.clientId, filter.clientId],
    [c.contactId, filter.contactId],
    [c.ticketId, filter.ticketId],
  ] as const;
  // A number has few calls: they are sorted. Unless told so, SQLite walks all there are in the order of time.
  const [startedAt, id] = phones === undefined ? [c.startedAt, c.id] : [sql`+${c.startedAt}`, sql`+${c.id}`];
  return await at.db.select().from(c).where(and(
    eq(c.workspaceId, at.workspaceId),
    ...same.map(([column, value]) => value === undefined ? undefined : eq(column, value)),
    phones === undefined ? undefined : inArray(c.phone, [...phones]),
    from === undefined ? undefined : gte(c.startedAt, from),
    to === undefined ? undefined : lt(c.startedAt, to),
    before === null ? undefined : sql`(${startedAt}, ${id}) < (${before[0]}, ${before[1]})`,
  )).orderBy(desc(startedAt), desc(id)).limit(limit);
}

export async function insertCall(tx: Tx, row: Omit<CallRow, "workspaceId">): Promise<void> {
  await tx.db.insert(c).values({ ...row, workspaceId: tx.workspaceId });
}

export async function updateCall(
  tx: Tx,
  id: string,
  change: Partial<Omit<CallRow, "id" | "workspaceId" | "createdAt">>,
): Promise<void> {
  await tx.db.update(c).set(change).where(and(eq(c.workspaceId, tx.workspaceId), eq(c.id, id)));
}

/** The latest first. The plus keeps SQLite from walking the workspace's. */
export async function selectCallsById(at: Ctx, ids: readonly string[]): Promise<CallRow[]> {
  if (ids.length === 0) return [];
  return await at.db.select().from(c)
    .where(and(sql`+${c.workspaceId} = ${at.workspaceId}`, sql`${c.id} in ${listed(ids)}`))
    .orderBy(desc(c.startedAt), desc(c.id));
}

/** Every call of a contact. */
export async function selectIdsOfContact(at: Ctx, contactId: string): Promise<string[]> {
  const rows = await at.db.select({ id: c.id }).from(c)
    .where(and(eq(c.workspaceId, at.workspaceId), eq(c.contactId, contactId)));
  return rows.map(({ id }) => id);
}

/** Keeps that there was a call, when and how long, and nothing of whom or what about. */
export async function emptyCallsOf(tx: Tx, contactId: string): Promise<void> {
  await tx.db.update(c)
    .set({
      phone: null,
      outcome: null,
      notes: null,
      recordingUrl: null,
      externalId: null,
      updatedAt: tx.now(),
    })
    .where(and(eq(c.workspaceId, tx.workspaceId), eq(c.contactId, contactId)));
}

const ofWorkspace = statementOne((db) =>
  db.select().from(callSettings).where(eq(callSettings.workspaceId, p("workspaceId"))).prepare()
);

export async function selectCallSettings(at: Ctx): Promise<CallSettingsRow | null> {
  return await ofWorkspace(at, { workspaceId: at.workspaceId }) ?? null;
}

const byKey = statementOne((db) =>
  db.select().from(callSettings).where(eq(callSettings.hookKey, p("hookKey"))).prepare()
);

/** Across workspaces: a webhook says by its key which one it is of. */
export async function selectCallSettingsByKey(at: Ctx, hookKey: string): Promise<CallSettingsRow | null> {
  return await byKey(at, { hookKey }) ?? null;
}

export async function upsertCallSettings(
  tx: Tx,
  change: Partial<Omit<CallSettingsRow, "workspaceId" | "updatedAt">>,
): Promise<void> {
  const set = { ...change, updatedAt: tx.now() };
  await tx.db.insert(callSettings).values({ workspaceId: tx.workspaceId, ...set })
    .onConflictDoUpdate({ target: callSettings.workspaceId, set });
}
