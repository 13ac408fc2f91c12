import { and, asc, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import { businessCalendars, calendarRevisions, slaPolicies } from "../../db/schema/sla.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { KeptCalendar } from "../business-time/schemas.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { createRemembered } from "../kernel/remembered.ts";
import type { Revision } from "./policy.ts";

/** A calendar as it stands. */
export interface CalendarRow {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly revision: number;
  /** Counts every change; the revision those of its hours. */
  readonly version: number;
  readonly calendar: KeptCalendar;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const p = sql.placeholder;
const NEXT = sql`version + 1`;
const COLUMNS = {
  id: businessCalendars.id,
  name: businessCalendars.name,
  isDefault: businessCalendars.isDefault,
  revision: businessCalendars.revision,
  version: businessCalendars.version,
  calendar: calendarRevisions.calendar,
  createdAt: businessCalendars.createdAt,
  updatedAt: businessCalendars.updatedAt,
};
const itsRevision = and(
  eq(calendarRevisions.workspaceId, businessCalendars.workspaceId),
  eq(calendarRevisions.calendarId, businessCalendars.id),
  eq(calendarRevisions.revision, businessCalendars.revision),
);

const byId = statementOne((db) =>
  db.select(COLUMNS).from(businessCalendars).innerJoin(calendarRevisions, itsRevision)
    .where(and(eq(businessCalendars.workspaceId, p("workspaceId")), eq(businessCalendars.id, p("id"))))
    .prepare()
);

export async function selectCalendar(at: Ctx, id: string): Promise<CalendarRow | undefined> {
  return await byId(at, { workspaceId: at.workspaceId, id });
}

const calendarOf = createRemembered<KeptCalendar>();

const defaultOne = statementOne((db) =>
  db.select({ ...COLUMNS, calendar: sql<string>`${calendarRevisions.calendar}` }).from(businessCalendars)
    .innerJoin(calendarRevisions, itsRevision)
    .where(and(eq(businessCalendars.workspaceId, p("workspaceId")), sql`is_default = 1`)).prepare()
);

export async function selectDefaultCalendar(at: Ctx): Promise<CalendarRow | undefined> {
  const row = await defaultOne(at, { workspaceId: at.workspaceId });
  return row === undefined ? undefined : { ...row, calendar: calendarOf(row.calendar) };
}

export async function selectCalendars(
  at: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<CalendarRow[]> {
  return await at.db.select(COLUMNS).from(businessCalendars).innerJoin(calendarRevisions, itsRevision)
    .where(and(
      eq(businessCalendars.workspaceId, at.workspaceId),
      before === null ? undefined : lt(businessCalendars.id, before),
    )).orderBy(desc(businessCalendars.id)).limit(limit);
}

export async function insertCalendar(
  tx: Tx,
  { name, isDefault, calendar }: Pick<CalendarRow, "name" | "isDefault" | "calendar">,
): Promise<CalendarRow> {
  const now = tx.now();
  const id = newId("calendar");
  const row = { id, name, isDefault, revision: 1, version: 1, createdAt: now, updatedAt: now };
  await tx.db.insert(businessCalendars).values({ ...row, workspaceId: tx.workspaceId });
  await insertRevision(tx, { calendarId: row.id, revision: 1, calendar, fromAt: 0 });
  return { ...row, calendar };
}

async function insertRevision(
  tx: Tx,
  revision: Omit<Revision, "calendar"> & { calendarId: string; calendar: KeptCalendar },
): Promise<void> {
  await tx.db.insert(calendarRevisions).values({ ...revision, workspaceId: tx.workspaceId });
}

/** The calendar says something else from an instant on. */
export async function addRevision(
  tx: Tx,
  { id, calendar, fromAt }: { id: string; calendar: KeptCalendar; fromAt: number },
): Promise<number> {
  const mine = and(eq(businessCalendars.workspaceId, tx.workspaceId), eq(businessCalendars.id, id));
  const [row] = await tx.db.update(businessCalendars)
    .set({ revision: sql`${businessCalendars.revision} + 1`, version: NEXT, updatedAt: tx.now() })
    .where(mine).returning({ revision: businessCalendars.revision });
  const revision = row?.revision ?? 1;
  await insertRevision(tx, { calendarId: id, revision, calendar, fromAt });
  return revision;
}

export async function renameCalendar(tx: Tx, id: string, name: string): Promise<void> {
  await tx.db.update(businessCalendars).set({ name, version: NEXT, updatedAt: tx.now() })
    .where(and(eq(businessCalendars.workspaceId, tx.workspaceId), eq(businessCalendars.id, id)));
}

/** Its revisions stay: clocks that are not over count by them. */
export async function deleteCalendarRow(tx: Tx, id: string): Promise<void> {
  await tx.db.delete(businessCalendars)
    .where(and(eq(businessCalendars.workspaceId, tx.workspaceId), eq(businessCalendars.id, id)));
}

/** The policies that count by a calendar; `null`: by the business's own hours. */
export async function selectPoliciesBy(at: Ctx, calendarId: string | null) {
  return await at.db.select({ id: slaPolicies.id, name: slaPolicies.name }).from(slaPolicies).where(and(
    eq(slaPolicies.workspaceId, at.workspaceId),
    calendarId === null ? isNull(slaPolicies.calendarId) : eq(slaPolicies.calendarId, calendarId),
  )).orderBy(asc(slaPolicies.id)).limit(10);
}

const since = statement((db) =>
  db.select({
    revision: calendarRevisions.revision,
    calendar: calendarRevisions.calendar,
    fromAt: calendarRevisions.fromAt,
  }).from(calendarRevisions).where(and(
    eq(calendarRevisions.workspaceId, p("workspaceId")),
    eq(calendarRevisions.calendarId, p("calendarId")),
    gte(calendarRevisions.revision, p("revision")),
  )).orderBy(asc(calendarRevisions.revision)).prepare()
);

/** A calendar's revisions from one on, oldest first. */
export async function selectRevisions(
  at: Ctx,
  { calendarId, revision }: { calendarId: string; revision: number },
): Promise<Revision[]> {
  return await since(at, { workspaceId: at.workspaceId, calendarId, revision });
}
