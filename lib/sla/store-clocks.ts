import { and, asc, eq, gt, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { type ClockKind, type ClockState, slaClocks } from "../../db/schema/sla.ts";
import { listed, statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ClockRow = typeof slaClocks.$inferSelect;

const p = sql.placeholder;
const given = <T>(name: string) => sql<T>`${p(name)}`;

const COLUMNS = {
  id: p("id"),
  workspaceId: p("workspaceId"),
  ticketId: p("ticketId"),
  kind: p("kind"),
  policyId: p("policyId"),
  priority: p("priority"),
  calendarId: p("calendarId"),
  calendarRevision: p("calendarRevision"),
  state: p("state"),
  targetMs: p("targetMs"),
  warnMs: p("warnMs"),
  elapsedMs: p("elapsedMs"),
  since: p("since"),
  warnAt: p("warnAt"),
  dueAt: p("dueAt"),
  warnedAt: p("warnedAt"),
  breachedAt: p("breachedAt"),
  endedAt: p("endedAt"),
  createdAt: p("createdAt"),
  updatedAt: p("updatedAt"),
};

const insert = statement((db) => db.insert(slaClocks).values(COLUMNS).prepare());

export async function insertClock(tx: Tx, row: ClockRow): Promise<void> {
  await insert(tx, row);
}

const update = statement((db) =>
  db.update(slaClocks).set({
    policyId: given("policyId"),
    priority: given("priority"),
    calendarId: given("calendarId"),
    calendarRevision: given("calendarRevision"),
    state: given("state"),
    targetMs: given("targetMs"),
    warnMs: given("warnMs"),
    elapsedMs: given("elapsedMs"),
    since: given("since"),
    warnAt: given("warnAt"),
    dueAt: given("dueAt"),
    warnedAt: given("warnedAt"),
    breachedAt: given("breachedAt"),
    endedAt: given("endedAt"),
    updatedAt: given("now"),
  }).where(and(eq(slaClocks.id, p("id")), eq(slaClocks.workspaceId, p("workspaceId")))).prepare()
);

export async function updateClock(tx: Tx, row: ClockRow): Promise<void> {
  await update(tx, { ...row, workspaceId: tx.workspaceId, now: tx.now() });
}

const touch = statement((db) =>
  db.update(slaClocks).set({ updatedAt: given("now") })
    .where(and(eq(slaClocks.workspaceId, p("workspaceId")), eq(slaClocks.ticketId, p("ticketId")))).prepare()
);

/** The ticket is somebody else's: what is told of its promises names who has it. */
export async function touchClocks(tx: Tx, { ticketId }: { ticketId: string }): Promise<void> {
  await touch(tx, { ticketId, workspaceId: tx.workspaceId, now: tx.now() });
}

const openOfTicket = statement((db) =>
  db.select().from(slaClocks).where(and(
    eq(slaClocks.workspaceId, p("workspaceId")),
    eq(slaClocks.ticketId, p("ticketId")),
    isNull(slaClocks.endedAt),
  )).orderBy(asc(slaClocks.id)).prepare()
);

export async function selectOpenClocks(at: Ctx, ticketId: string): Promise<ClockRow[]> {
  return await openOfTicket(at, { workspaceId: at.workspaceId, ticketId });
}

const byId = statement((db) =>
  db.select().from(slaClocks)
    .where(and(eq(slaClocks.id, p("id")), eq(slaClocks.workspaceId, p("workspaceId")))).prepare()
);

export async function selectClock(at: Ctx, id: string): Promise<ClockRow | undefined> {
  const [row] = await byId(at, { id, workspaceId: at.workspaceId });
  return row;
}

/** The clock of a kind that a ticket had last, over or not. */
export async function selectLastClock(
  at: Ctx,
  { ticketId, kind }: { ticketId: string; kind: ClockKind },
): Promise<ClockRow | undefined> {
  const [row] = await at.db.select().from(slaClocks).where(and(
    eq(slaClocks.workspaceId, at.workspaceId),
    eq(slaClocks.ticketId, ticketId),
    eq(slaClocks.kind, kind),
  )).orderBy(sql`${slaClocks.id} desc`).limit(1);
  return row;
}

/** All clocks of these tickets, oldest first. */
export async function selectClocksOf(at: Ctx, ticketIds: readonly string[]): Promise<ClockRow[]> {
  if (ticketIds.length === 0) return [];
  return await at.db.select().from(slaClocks)
    .where(and(eq(slaClocks.workspaceId, at.workspaceId), inArray(slaClocks.ticketId, [...ticketIds])))
    .orderBy(asc(slaClocks.id));
}

export interface ClockFilter {
  readonly state: ClockState;
  readonly ticketId?: string | undefined;
  readonly after: { readonly dueAt: number | null; readonly id: string } | null;
  readonly limit: number;
}

/** By the time at which they are due; those of no time come first. Clocks that promise nothing are left out. */
export async function selectClocks(at: Ctx, filter: ClockFilter): Promise<ClockRow[]> {
  const { state, ticketId, after, limit } = filter;
  const { dueAt, id } = slaClocks;
  return await at.db.select().from(slaClocks).where(and(
    eq(slaClocks.workspaceId, at.workspaceId),
    eq(slaClocks.state, state),
    isNotNull(slaClocks.targetMs),
    ticketId === undefined ? undefined : eq(slaClocks.ticketId, ticketId),
    after === null ? undefined : afterClock(after),
  )).orderBy(asc(dueAt), asc(id)).limit(limit);
}

function afterClock({ dueAt, id }: { readonly dueAt: number | null; readonly id: string }): SQL | undefined {
  return dueAt === null
    ? or(and(isNull(slaClocks.dueAt), gt(slaClocks.id, id)), isNotNull(slaClocks.dueAt))
    : or(gt(slaClocks.dueAt, dueAt), and(eq(slaClocks.dueAt, dueAt), gt(slaClocks.id, id)));
}

/** Clocks that are not over and count by a calendar as it was before a revision. */
export async function selectBehind(
  at: Ctx,
  { calendarId, revision, after, limit }: {
    calendarId: string;
    revision: number;
    after: string | null;
    limit: number;
  },
): Promise<ClockRow[]> {
  return await at.db.select().from(slaClocks).where(and(
    eq(slaClocks.workspaceId, at.workspaceId),
    eq(slaClocks.calendarId, calendarId),
    isNull(slaClocks.endedAt),
    lt(slaClocks.calendarRevision, revision),
    after === null ? undefined : gt(slaClocks.id, after),
  )).orderBy(asc(slaClocks.id)).limit(limit);
}

/** Forgets every promise about these tickets. */
export async function deleteClocksOf(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  await tx.db.delete(slaClocks).where(and(
    eq(slaClocks.workspaceId, tx.workspaceId),
    sql`${slaClocks.ticketId} in ${listed(ticketIds)}`,
  ));
}
