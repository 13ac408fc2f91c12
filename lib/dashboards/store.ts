import { and, type Column, eq, inArray, lt, sql } from "drizzle-orm";
import { rollups } from "../../db/schema/dashboards.ts";
import { calls } from "../../db/schema/calls.ts";
import { operators } from "../../db/schema/operators.ts";
import { tickets } from "../../db/schema/tickets.ts";
import { visits } from "../../db/schema/visits.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Increment, Metric, RowMetric } from "./metrics.ts";

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

/** A stretch of time, UTC milliseconds; `end` excluded. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface RollupQuery {
  readonly metrics: readonly Metric[];
  /** The database sums each of them: a year of quarters of an hour is too much to read. */
  readonly stretches: readonly Stretch[];
  /** By the metrics' dimension; else all of them together, under "". */
  readonly split: boolean;
}

export interface RollupRow {
  readonly metric: Metric;
  /** The place of the stretch. */
  readonly at: number;
  readonly dimension: string;
  readonly value: number;
}

/** Each sum is an index's range of its own; grouped, all rows would be sorted first. */
export async function selectRollups(
  ctx: Ctx,
  { metrics, stretches, split }: RollupQuery,
): Promise<RollupRow[]> {
  const own = sql`from ${rollups} where ${rollups.workspaceId} = ${ctx.workspaceId}
    and ${rollups.metric} = m.value and ${rollups.bucket} >= s.value ->> 0 and ${rollups.bucket} < s.value ->> 1`;
  const sums = split
    ? sql`(select json_group_array(json_array(dimension, total)) from
        (select ${rollups.dimension} as dimension, sum(${rollups.value}) as total ${own} group by 1))`
    : sql`(select json_array(json_array('', sum(${rollups.value}))) ${own} having count(*) > 0)`;
  const found = await ctx.db.all<{ metric: Metric; at: number; sums: string | null }>(
    sql`select m.value as metric, s.key as at, ${sums} as sums
      from json_each(${JSON.stringify(metrics)}) m cross join json_each(${pairsOf(stretches)}) s`,
  );
  return found.flatMap(({ metric, at, sums }) =>
    listed(sums ?? "[]").map(([dimension, value]) => ({ metric, at, dimension, value }))
  );
}

const pairsOf = (stretches: readonly Stretch[]) =>
  JSON.stringify(stretches.map(({ start, end }) => [start, end]));

/** Safe because the statement says so. */
function listed(sums: string): [dimension: string, value: number][] {
  return JSON.parse(sums) as [string, number][];
}

/** The rows of a table that begin within each stretch. */
const within = (ctx: Ctx, { stretches }: Pick<RollupQuery, "stretches">, { table, begins }: {
  table: typeof calls | typeof visits;
  begins: Column;
}) =>
  sql`from json_each(${pairsOf(stretches)}) s cross join ${table}
    where ${table.workspaceId} = ${ctx.workspaceId} and ${begins} >= s.value ->> 0 and ${begins} < s.value ->> 1
    group by s.key`;

/** The log of calls, counted the same way. */
export async function selectCallCounts(ctx: Ctx, query: Pick<RollupQuery, "stretches">) {
  const talked = sql`${calls.answeredAt} is not null and ${calls.endedAt} is not null`;
  return await ctx.db.all<CallCounts>(sql`select s.key as at,
    sum(${calls.direction} = 'in') as "calls.in",
    sum(${calls.direction} = 'out') as "calls.out",
    sum(${calls.state} = 'missed') as "calls.missed",
    sum(${talked}) as "calls.answered",
    coalesce(sum(case when ${talked} then ${calls.endedAt} - ${calls.answeredAt} end), 0) as "calls.talk_ms"
    ${within(ctx, query, { table: calls, begins: calls.startedAt })}`);
}

/** Visits, counted the same way. */
export async function selectVisitCounts(ctx: Ctx, query: Pick<RollupQuery, "stretches">) {
  return await ctx.db.all<VisitCounts>(sql`select s.key as at,
    count(*) as "visits.planned",
    sum(${visits.state} = 'completed') as "visits.completed",
    sum(${visits.state} = 'cancelled') as "visits.cancelled",
    sum(${visits.state} = 'no_show') as "visits.no_show"
    ${within(ctx, query, { table: visits, begins: visits.startsAt })}`);
}

type Counts<T extends RowMetric> = { readonly at: number } & { readonly [M in T]: number };
type CallCounts = Counts<Extract<RowMetric, `calls.${string}`>>;
type VisitCounts = Counts<Extract<RowMetric, `visits.${string}`>>;

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
