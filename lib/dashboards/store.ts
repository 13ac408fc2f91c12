import { and, type Column, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { rollups } from "../../db/schema/dashboards.ts";
import { calls } from "../../db/schema/calls.ts";
import { operators } from "../../db/schema/operators.ts";
import { tickets } from "../../db/schema/tickets.ts";
import { visits } from "../../db/schema/visits.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Increment, Metric } from "./metrics.ts";

const p = sql.placeholder;

const upsert = statement((db) =>
  db.insert(rollups).values({
    workspaceId: p("workspaceId"),
    metric: p("metric"),
    bucket: p("bucket"),
    dimension: p("dimension"),
    value: p("value"),
  }).onConflictDoUpdate({
    target: [rollups.workspaceId, rollups.metric, rollups.bucket, rollups.dimension],
    set: { value: sql`${rollups.value} + excluded.value` },
  }).prepare()
);

export async function addToRollup(tx: Tx, increment: Increment & { bucket: number }): Promise<void> {
  await upsert(tx, { workspaceId: tx.workspaceId, ...increment });
}

export interface RollupQuery {
  readonly metrics: readonly Metric[];
  /** UTC milliseconds, `to` excluded. */
  readonly from: number;
  readonly to: number;
  /** Buckets of this length are summed by the database, a multiple of a quarter of an hour. */
  readonly stepMs: number;
}

export interface RollupRow {
  readonly metric: Metric;
  readonly bucket: number;
  readonly dimension: string;
  readonly value: number;
}

export async function selectRollups(
  ctx: Ctx,
  { metrics, from, to, stepMs }: RollupQuery,
): Promise<RollupRow[]> {
  const bucket = bucketOf(rollups.bucket, stepMs);
  return await ctx.db.select({
    metric: sql<Metric>`${rollups.metric}`,
    bucket,
    dimension: rollups.dimension,
    value: sql<number>`sum(${rollups.value})`,
  }).from(rollups)
    .where(and(
      eq(rollups.workspaceId, ctx.workspaceId),
      inArray(rollups.metric, [...metrics]),
      gte(rollups.bucket, from),
      lt(rollups.bucket, to),
    ))
    .groupBy(rollups.metric, bucket, rollups.dimension);
}

/** The log of calls, counted the same way. */
export async function selectCallCounts(ctx: Ctx, { from, to, stepMs }: Omit<RollupQuery, "metrics">) {
  const bucket = bucketOf(calls.startedAt, stepMs);
  const talked = sql`${calls.answeredAt} is not null and ${calls.endedAt} is not null`;
  return await ctx.db.select({
    bucket,
    "calls.in": sql<number>`sum(${calls.direction} = 'in')`,
    "calls.out": sql<number>`sum(${calls.direction} = 'out')`,
    "calls.missed": sql<number>`sum(${calls.state} = 'missed')`,
    "calls.answered": sql<number>`sum(${talked})`,
    "calls.talk_ms": sql<
      number
    >`coalesce(sum(case when ${talked} then ${calls.endedAt} - ${calls.answeredAt} end), 0)`,
  }).from(calls)
    .where(and(eq(calls.workspaceId, ctx.workspaceId), gte(calls.startedAt, from), lt(calls.startedAt, to)))
    .groupBy(bucket);
}

/** Visits, counted the same way. */
export async function selectVisitCounts(ctx: Ctx, { from, to, stepMs }: Omit<RollupQuery, "metrics">) {
  const bucket = bucketOf(visits.startsAt, stepMs);
  return await ctx.db.select({
    bucket,
    "visits.planned": sql<number>`count(*)`,
    "visits.completed": sql<number>`sum(${visits.state} = 'completed')`,
    "visits.cancelled": sql<number>`sum(${visits.state} = 'cancelled')`,
    "visits.no_show": sql<number>`sum(${visits.state} = 'no_show')`,
  }).from(visits)
    .where(and(eq(visits.workspaceId, ctx.workspaceId), gte(visits.startsAt, from), lt(visits.startsAt, to)))
    .groupBy(bucket);
}

function bucketOf(column: Column, stepMs: number) {
  return sql<number>`${column} - ${column} % ${sql.raw(String(stepMs))}`;
}

const LIVE = sql`${tickets.state} not in ('resolved', 'closed')`;

/** Tickets that are not done, by state and priority. */
export async function countLiveTickets(
  ctx: Ctx,
): Promise<{ state: string; priority: string; count: number }[]> {
  return await ctx.db.select({
    state: tickets.state,
    priority: tickets.priority,
    count: sql<number>`count(*)`,
  }).from(tickets)
    .where(
      and(
        eq(tickets.workspaceId, ctx.workspaceId),
        inArray(tickets.state, ["new", "open", "pending_customer", "pending_internal", "scheduled"]),
      ),
    )
    .groupBy(tickets.state, tickets.priority);
}

/** Live tickets that nobody has, and those past a promise. */
export async function countTroubles(ctx: Ctx): Promise<{ unassigned: number; overdue: number }> {
  const own = eq(tickets.workspaceId, ctx.workspaceId);
  const [unassigned] = await ctx.db.select({ count: sql<number>`count(*)` }).from(tickets)
    .where(and(own, sql`${tickets.assigneeId} is null`, LIVE));
  const [overdue] = await ctx.db.select({ count: sql<number>`count(*)` }).from(tickets)
    .where(and(own, sql`${tickets.dueAt} is not null`, lt(tickets.dueAt, ctx.now()), LIVE));
  return { unassigned: unassigned?.count ?? 0, overdue: overdue?.count ?? 0 };
}

export interface OperatorGauge {
  readonly presence: string;
  readonly count: number;
  readonly load: number;
  readonly capacity: number;
}

export async function countOperators(ctx: Ctx): Promise<OperatorGauge[]> {
  return await ctx.db.select({
    presence: sql<
      string
    >`case when ${operators.presenceUntil} is not null and ${operators.presenceUntil} < ${ctx.now()}
      then 'offline' else ${operators.presence} end`,
    count: sql<number>`count(*)`,
    load: sql<number>`sum(${operators.load})`,
    capacity: sql<number>`sum(${operators.capacity})`,
  }).from(operators)
    .where(
      and(
        eq(operators.workspaceId, ctx.workspaceId),
        eq(operators.active, true),
        sql`${operators.removedAt} is null`,
      ),
    )
    .groupBy(sql`1`);
}
