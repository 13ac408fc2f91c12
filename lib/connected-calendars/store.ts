import { and, asc, eq, inArray, isNotNull, lte, sql } from "drizzle-orm";
import { busyTimes, connectedCalendars } from "../../db/schema/connected-calendars.ts";
import { visits } from "../../db/schema/visits.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Busy } from "./busy.ts";

export type ConnectionRow = typeof connectedCalendars.$inferSelect;

const c = connectedCalendars;

export async function selectConnections(at: Ctx, operatorId: string): Promise<ConnectionRow[]> {
  return await at.db.select().from(c)
    .where(and(eq(c.workspaceId, at.workspaceId), eq(c.operatorId, operatorId))).orderBy(asc(c.id));
}

export async function selectConnection(at: Ctx, id: string): Promise<ConnectionRow | null> {
  const [row] = await at.db.select().from(c).where(and(eq(c.workspaceId, at.workspaceId), eq(c.id, id)));
  return row ?? null;
}

export async function insertConnection(
  tx: Tx,
  row: Pick<
    ConnectionRow,
    "id" | "operatorId" | "name" | "url" | "host" | "connectedBy" | "nextLookAt" | "createdAt"
  >,
): Promise<ConnectionRow> {
  const [made] = await tx.db.insert(c).values({ ...row, workspaceId: tx.workspaceId }).returning();
  if (made === undefined) throw new Error("An insert returned no row");
  return made;
}

export async function updateConnection(
  tx: Tx,
  id: string,
  change: Partial<Omit<ConnectionRow, "id" | "workspaceId" | "operatorId">>,
): Promise<void> {
  await tx.db.update(c).set(change).where(and(eq(c.workspaceId, tx.workspaceId), eq(c.id, id)));
}

/** Its busy times go with it. */
export async function deleteConnection(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(c).where(and(eq(c.workspaceId, tx.workspaceId), eq(c.id, id)));
}

export async function deleteConnectionsOf(tx: Tx, operatorId: string): Promise<void> {
  await tx.db.delete(c).where(and(eq(c.workspaceId, tx.workspaceId), eq(c.operatorId, operatorId)));
}

/** Across workspaces: those that are to be looked at by now, the most overdue first. */
export async function selectDueConnections(
  at: Ctx,
  limit: number,
): Promise<Pick<ConnectionRow, "id" | "workspaceId">[]> {
  return await at.db.select({ id: c.id, workspaceId: c.workspaceId }).from(c)
    .where(lte(c.nextLookAt, at.now())).orderBy(asc(c.nextLookAt)).limit(limit);
}

/** Puts what a calendar says now in the place of what it said before. */
export async function writeBusy(
  tx: Tx,
  { id: calendarId, operatorId }: Pick<ConnectionRow, "id" | "operatorId">,
  busy: readonly Busy[],
): Promise<void> {
  const { workspaceId } = tx;
  await tx.db.delete(busyTimes)
    .where(and(eq(busyTimes.workspaceId, workspaceId), eq(busyTimes.calendarId, calendarId)));
  if (busy.length === 0) return;
  const rows = JSON.stringify(busy.map(({ start, end, visitId }) => [start, end, visitId]));
  await tx.db.run(
    sql`insert into ${busyTimes} (workspace_id, calendar_id, operator_id, starts_at, ends_at, visit_id)
    select ${workspaceId}, ${calendarId}, ${operatorId},
      json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
    from json_each(${rows})`,
  );
}

/** Those of operators whose last look failed. */
export async function selectUnreadable(at: Ctx, operatorIds: readonly string[]): Promise<ConnectionRow[]> {
  if (operatorIds.length === 0) return [];
  return await at.db.select().from(c).where(and(
    eq(c.workspaceId, at.workspaceId),
    inArray(c.operatorId, [...operatorIds]),
    isNotNull(c.error),
  )).orderBy(asc(c.operatorId), asc(c.id));
}

export interface Taken {
  readonly operatorId: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What connected calendars say is taken of operators' time and reaches into a span, in order. A visit of ours that
 * came back in one of them is left out: it stands for itself.
 */
export async function selectTaken(
  at: Ctx,
  { operatorIds, start, end }: { operatorIds: readonly string[]; start: number; end: number },
): Promise<Taken[]> {
  if (operatorIds.length === 0) return [];
  const b = busyTimes;
  return await at.db.select({ operatorId: b.operatorId, start: b.startsAt, end: b.endsAt }).from(b).where(and(
    eq(b.workspaceId, at.workspaceId),
    inArray(b.operatorId, [...operatorIds]),
    sql`${b.startsAt} < ${end} and ${b.endsAt} > ${start}`,
    sql`(${b.visitId} is null or not exists (select 1 from ${visits}
      where ${visits.id} = ${b.visitId} and ${visits.workspaceId} = ${at.workspaceId}))`,
  )).orderBy(asc(b.startsAt));
}
