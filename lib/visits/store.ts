import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { visits, visitSettings, visitSteps } from "../../db/schema/visits.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { BUSY_STATES, MOST_VISIT_MS } from "./policy.ts";

export type VisitRow = typeof visits.$inferSelect;
export type StepRow = typeof visitSteps.$inferSelect;
export type VisitFields = Omit<VisitRow, "id" | "workspaceId" | "createdAt">;

const p = sql.placeholder;
const v = visits;

const byId = statementOne((db) =>
  db.select().from(v).where(and(eq(v.workspaceId, p("workspaceId")), eq(v.id, p("id")))).prepare()
);

export async function selectVisit(at: Ctx, id: string): Promise<VisitRow | null> {
  return await byId(at, { workspaceId: at.workspaceId, id }) ?? null;
}

/** Across workspaces: who holds a link does not know which one it is of. */
export async function selectVisitOfAny(at: Ctx, id: string): Promise<VisitRow | null> {
  const [row] = await at.db.select().from(v).where(eq(v.id, id));
  return row ?? null;
}

export interface VisitFilter {
  /** The newest first, those before an id; or by their time, those after a place in it. */
  readonly before?: string | null;
  readonly byStart?: { readonly after: { readonly startsAt: number; readonly id: string } | null };
  readonly limit: number;
  readonly state?: VisitRow["state"] | undefined;
  /** null: nobody makes it yet. */
  readonly operatorId?: string | null | undefined;
  readonly clientId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly siteId?: string | undefined;
  readonly ticketId?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export async function selectVisits(at: Ctx, filter: VisitFilter): Promise<VisitRow[]> {
  const { before = null, byStart, limit, from, to } = filter;
  const after = byStart?.after ?? null;
  const same = [
    [v.state, filter.state],
    [v.operatorId, filter.operatorId ?? undefined],
    [v.clientId, filter.clientId],
    [v.contactId, filter.contactId],
    [v.siteId, filter.siteId],
    [v.ticketId, filter.ticketId],
  ] as const;
  return await at.db.select().from(v).where(and(
    eq(v.workspaceId, at.workspaceId),
    filter.operatorId === null ? isNull(v.operatorId) : undefined,
    ...same.map(([column, value]) => value === undefined ? undefined : eq(column, value)),
    from === undefined ? undefined : gte(v.startsAt, from),
    to === undefined ? undefined : lt(v.startsAt, to),
    before === null ? undefined : lt(v.id, before),
    byStart === undefined ? undefined : isNotNull(v.startsAt),
    after === null ? undefined : sql`(${v.startsAt}, ${v.id}) > (${after.startsAt}, ${after.id})`,
  )).orderBy(...(byStart === undefined ? [desc(v.id)] : [asc(v.startsAt), asc(v.id)])).limit(limit);
}

/** What takes up operators' time and reaches into a span, in order; one visit may be left out. */
export async function selectBusy(
  at: Ctx,
  { operatorIds, start, end, except = null }: {
    operatorIds: readonly string[];
    start: number;
    end: number;
    except?: string | null;
  },
): Promise<VisitRow[]> {
  if (operatorIds.length === 0) return [];
  return await at.db.select().from(v).where(and(
    eq(v.workspaceId, at.workspaceId),
    inArray(v.operatorId, [...operatorIds]),
    inArray(v.state, [...BUSY_STATES]),
    lt(v.startsAt, end),
    gt(v.startsAt, start - MOST_VISIT_MS),
    gt(v.endsAt, start),
    except === null ? undefined : ne(v.id, except),
  )).orderBy(asc(v.startsAt));
}

/** Visits that are to begin, by their ids. */
export async function selectComing(
  at: Ctx,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const rows = await at.db.select({ id: v.id }).from(v).where(and(
    eq(v.workspaceId, at.workspaceId),
    gt(v.startsAt, at.now()),
    inArray(v.state, ["scheduled", "confirmed"]),
    after === null ? undefined : gt(v.id, after),
  )).orderBy(asc(v.id)).limit(limit);
  return rows.map(({ id }) => id);
}

/** The visits that were to come at a time, with the state and the start that their steps say they had then. */
export async function selectComingAt(
  at: Ctx,
  { time, limit }: { time: number; limit: number },
): Promise<VisitRow[]> {
  const s = visitSteps;
  const rows = await at.db.select({ visit: v, state: s.to, startsAt: s.startsAt }).from(v)
    .innerJoin(
      s,
      sql`${s.id} = (select t.id from ${visitSteps} t where t.workspace_id = ${v.workspaceId}
        and t.visit_id = ${v.id} and t.at <= ${time} order by t.id desc limit 1)`,
    )
    .where(and(
      eq(v.workspaceId, at.workspaceId),
      // What begins later did, or was moved since.
      or(gt(v.startsAt, time), gt(v.updatedAt, time)),
      gt(s.startsAt, time),
      inArray(s.to, ["scheduled", "confirmed"]),
    )).limit(limit);
  return rows.map(({ visit, state, startsAt }) => ({ ...visit, state, startsAt }));
}

/** An operator's visits that are not over, in order: that of the index of operators, not of all visits there are. */
export async function selectOpenOf(at: Ctx, operatorId: string): Promise<VisitRow[]> {
  return await at.db.select().from(v).where(and(
    eq(v.workspaceId, at.workspaceId),
    eq(v.operatorId, operatorId),
    inArray(v.state, ["requested", ...BUSY_STATES]),
  )).orderBy(asc(v.startsAt));
}

/** An operator's visits that begin within a span, whatever became of them, in order; of too many those nearest to now. */
export async function selectCalendar(
  at: Ctx,
  { operatorId, start, end, limit }: { operatorId: string; start: number; end: number; limit: number },
): Promise<VisitRow[]> {
  const now = at.now();
  const within = (from: number, to: number) =>
    at.db.select().from(v).where(and(
      eq(v.workspaceId, at.workspaceId),
      eq(v.operatorId, operatorId),
      gte(v.startsAt, from),
      lt(v.startsAt, to),
    ));
  const past = await within(start, now).orderBy(desc(v.startsAt), desc(v.id)).limit(limit);
  const coming = await within(now, end).orderBy(asc(v.startsAt), asc(v.id)).limit(limit);
  const all = [...past.toReversed(), ...coming];
  if (all.length <= limit) return all;
  const farness = ({ startsAt }: VisitRow) => Math.abs((startsAt ?? now) - now);
  const nearest = new Set(all.toSorted((a, b) => farness(a) - farness(b)).slice(0, limit));
  return all.filter((row) => nearest.has(row));
}

export async function insertVisit(tx: Tx, row: Omit<VisitRow, "workspaceId">): Promise<void> {
  await tx.db.insert(v).values({ ...row, workspaceId: tx.workspaceId });
}

export async function updateVisit(tx: Tx, id: string, change: Partial<VisitFields>): Promise<void> {
  await tx.db.update(v).set(change).where(and(eq(v.workspaceId, tx.workspaceId), eq(v.id, id)));
}

export async function insertStep(
  tx: Tx,
  step: Pick<StepRow, "visitId" | "from" | "to" | "startsAt" | "reason">,
): Promise<void> {
  await tx.db.insert(visitSteps).values({
    ...step,
    id: newId("visitStep"),
    workspaceId: tx.workspaceId,
    actorId: tx.actor.id,
    at: tx.now(),
  });
}

export async function selectSteps(at: Ctx, visitId: string): Promise<StepRow[]> {
  return await at.db.select().from(visitSteps)
    .where(and(eq(visitSteps.workspaceId, at.workspaceId), eq(visitSteps.visitId, visitId)))
    .orderBy(asc(visitSteps.id)).limit(200);
}

export async function selectVisitSettings(at: Ctx): Promise<Record<string, unknown> | null> {
  const [row] = await at.db.select().from(visitSettings).where(eq(visitSettings.workspaceId, at.workspaceId));
  return row?.config ?? null;
}

export async function upsertVisitSettings(tx: Tx, config: Record<string, unknown>): Promise<void> {
  const set = { config, updatedAt: tx.now() };
  await tx.db.insert(visitSettings).values({ workspaceId: tx.workspaceId, ...set })
    .onConflictDoUpdate({ target: visitSettings.workspaceId, set });
}
