import { and, asc, desc, eq, gt, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { type ClockKind, type ClockState, slaClocks } from "../../db/schema/sla.ts";
import { listed, statement, statementBlind, statementOne } from "../../db/statement.ts";
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

const insert = statementBlind((db) => db.insert(slaClocks).values(COLUMNS).prepare());

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

/** What is said of clocks of tickets, for those that run and for those that are over: each half has its own index. */
const ofEither = (said: SQL) => sql`((${said} and ended_at is null) or (${said} and ended_at is not null))`;

const lastOfKind = statementOne((db) =>
  db.select().from(slaClocks).where(and(
    ofEither(
      sql`${slaClocks.workspaceId} = ${p("workspaceId")} and ${slaClocks.ticketId} = ${p("ticketId")}
        and ${slaClocks.kind} = ${p("kind")}`,
    ),
  )).orderBy(desc(slaClocks.id)).limit(1).prepare()
);

/** The clock of a kind that a ticket had last, over or not. */
export async function selectLastClock(
  at: Ctx,
  { ticketId, kind }: { ticketId: string; kind: ClockKind },
): Promise<ClockRow | undefined> {
  return await lastOfKind(at, { workspaceId: at.workspaceId, ticketId, kind });
}

const these = (at: Ctx, ticketIds: readonly string[]) =>
  ofEither(
    sql`${slaClocks.workspaceId} = ${at.workspaceId} and ${slaClocks.ticketId} in ${listed(ticketIds)}`,
  );

/** All clocks of these tickets, oldest first. */
export async function selectClocksOf(at: Ctx, ticketIds: readonly string[]): Promise<ClockRow[]> {
  if (ticketIds.length === 0) return [];
  return await at.db.select().from(slaClocks).where(these(at, ticketIds)).orderBy(asc(slaClocks.id));
}

export interface ClockFilter {
  /** undefined: of a ticket all, else those that run. */
  readonly state?: ClockState | undefined;
  readonly ticketId?: string | undefined;
  readonly after: { readonly dueAt: number | null; readonly id: string } | null;
  readonly limit: number;
}

/** By the time at which they are due; those of no time come first. Clocks that promise nothing are left out. */
export async function selectClocks(at: Ctx, filter: ClockFilter): Promise<ClockRow[]> {
  const { after, limit } = filter;
  const { dueAt, id } = slaClocks;
  // Each half walks its part of the index to the end of the page; an OR of both would read and sort all there are.
  const timeless = after !== null && after.dueAt !== null ? [] : await at.db.select().from(slaClocks)
    .where(and(listedBy(at, filter), isNull(dueAt), after === null ? undefined : gt(id, after.id)))
    .orderBy(asc(id)).limit(limit);
  if (timeless.length === limit) return timeless;
  const from = after === null || after.dueAt === null
    ? isNotNull(dueAt)
    : sql`(${dueAt}, ${id}) > (${after.dueAt}, ${after.id})`;
  const timed = await at.db.select().from(slaClocks).where(and(listedBy(at, filter), from))
    .orderBy(asc(dueAt), asc(id)).limit(limit - timeless.length);
  return [...timeless, ...timed];
}

/** The unary plus keeps SQLite from walking a state where there is a ticket. */
function listedBy(at: Ctx, { state, ticketId }: ClockFilter): SQL | undefined {
  const promised = isNotNull(slaClocks.targetMs);
  return ticketId === undefined
    ? and(eq(slaClocks.workspaceId, at.workspaceId), eq(slaClocks.state, state ?? "running"), promised)
    : and(these(at, [ticketId]), state && sql`+${slaClocks.state} = ${state}`, promised);
}

/** Of a ticket's clocks that are not over, one of a kind. */
export type ClockPlace = readonly [ticketId: string, kind: string];

/** Clocks that are not over, whatever they count by, in the order of their tickets. */
export async function selectOpenAfter(
  at: Ctx,
  { after: [ticketId, kind], limit }: { after: ClockPlace; limit: number },
): Promise<ClockRow[]> {
  return await at.db.select().from(slaClocks).where(and(
    eq(slaClocks.workspaceId, at.workspaceId),
    isNull(slaClocks.endedAt),
    sql`(${slaClocks.ticketId}, ${slaClocks.kind}) > (${ticketId}, ${kind})`,
  )).orderBy(asc(slaClocks.ticketId), asc(slaClocks.kind)).limit(limit);
}

/** Forgets every promise about these tickets. */
export async function deleteClocksOf(tx: Tx, ticketIds: readonly string[]): Promise<void> {
  await tx.db.delete(slaClocks).where(these(tx, ticketIds));
}
