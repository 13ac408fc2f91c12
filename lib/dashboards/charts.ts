import { WALL_BUCKETS, wallClock } from "../business-time/mod.ts";
import type { Ctx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { HOUR, iso } from "../kernel/clock.ts";
import { type Metric, QUARTER_MS } from "./metrics.ts";
import { type Bucket, type Period, periodOf, type PeriodQuery } from "./period.ts";
import { operatorsById } from "../operators/mod.ts";
import { selectFigures } from "./figures.ts";
import type { RollupRow } from "./store.ts";

/** What a line of a chart shows: the sum of a metric, or an average. */
interface Line {
  readonly name: string;
  readonly of: Metric;
  /** Divides: an average, of a duration in seconds. */
  readonly per?: Metric;
}

/** The charts; the lines of a split one come once for each value of its metrics' dimension. */
export const CHARTS = {
  tickets: {
    split: false,
    lines: [
      { name: "opened", of: "tickets.opened" },
      { name: "resolved", of: "tickets.resolved" },
      { name: "reopened", of: "tickets.reopened" },
      { name: "first_response_seconds", of: "tickets.first_response_ms", per: "tickets.first_responses" },
      { name: "resolution_seconds", of: "tickets.resolution_ms", per: "tickets.resolved" },
    ],
  },
  resolution: {
    split: false,
    lines: [
      { name: "resolved", of: "tickets.resolved" },
      { name: "resolution_seconds", of: "tickets.resolution_ms", per: "tickets.resolved" },
      { name: "first_response_seconds", of: "tickets.first_response_ms", per: "tickets.first_responses" },
    ],
  },
  visits: {
    split: false,
    lines: [
      { name: "planned", of: "visits.planned" },
      { name: "completed", of: "visits.completed" },
      { name: "cancelled", of: "visits.cancelled" },
      { name: "no_show", of: "visits.no_show" },
    ],
  },
  operators: {
    split: true,
    lines: [
      { name: "resolved", of: "tickets.resolved" },
      { name: "first_response_seconds", of: "tickets.first_response_ms", per: "tickets.first_responses" },
      { name: "resolution_seconds", of: "tickets.resolution_ms", per: "tickets.resolved" },
    ],
  },
  sla: {
    split: true,
    lines: [
      { name: "met", of: "sla.met" },
      { name: "warned", of: "sla.warned" },
      { name: "breached", of: "sla.breached" },
    ],
  },
  csat: {
    split: true,
    lines: [{ name: "answers", of: "csat.answers" }, {
      name: "score",
      of: "csat.score",
      per: "csat.answers",
    }],
  },
  calls: {
    split: false,
    lines: [
      { name: "in", of: "calls.in" },
      { name: "out", of: "calls.out" },
      { name: "missed", of: "calls.missed" },
      { name: "talk_seconds", of: "calls.talk_ms", per: "calls.answered" },
    ],
  },
  conversations: {
    split: false,
    lines: [
      { name: "opened", of: "conversations.opened" },
      { name: "received", of: "messages.received" },
      { name: "sent", of: "messages.sent" },
    ],
  },
} as const satisfies Record<string, { split: boolean; lines: readonly Line[] }>;

export type ChartName = keyof typeof CHARTS;

export interface ChartView {
  readonly from: string;
  readonly to: string;
  readonly bucket: Bucket;
  readonly timezone: string;
  /** The buckets in order, also those in which nothing happened. */
  readonly labels: string[];
  /** `values` go with the labels; null: there is nothing to average. */
  readonly series: {
    readonly name: string;
    readonly dimension: string | null;
    /** The name of the operator that it is of. */
    readonly label: string | null;
    readonly values: (number | null)[];
  }[];
}

/** A chart out of the counts. Throws 422 for a period that is none. */
export async function chart(
  ctx: Ctx,
  { name, ...query }: PeriodQuery & { name: ChartName },
): Promise<ChartView> {
  requireScope(ctx, "dashboards:read");
  const { timezone } = await loadBusiness(ctx);
  const period = periodOf(query, { zone: timezone, now: ctx.now() });
  const wall = wallClock(timezone);
  const { split, lines }: { split: boolean; lines: readonly Line[] } = CHARTS[name];
  const metrics = [...new Set(lines.flatMap(({ of, per }) => per === undefined ? [of] : [of, per]))];
  const rows = await selectFigures(ctx, { metrics, ...period, stepMs: stepOf(period, wall) });
  const labels = labelsOf(period, wall);
  const label = (at: number) => WALL_BUCKETS[period.bucket](wall(at));
  const dimensions = split ? [...new Set(rows.map(({ dimension }) => dimension))].sort() : [null];
  const names = await namesOf(ctx, split ? dimensions : []);
  const series = dimensions.flatMap((dimension) => {
    const own = dimension === null ? rows : rows.filter((row) => row.dimension === dimension);
    return lines.map((line) => ({
      name: line.name,
      dimension,
      label: dimension === null ? null : names.get(dimension) ?? null,
      values: valuesOf(line, { rows: own, labels, label }),
    }));
  });
  return { from: iso(period.from), to: iso(period.to), bucket: period.bucket, timezone, labels, series };
}

/** Operators among the dimensions, also those who were removed. */
async function namesOf(ctx: Ctx, dimensions: readonly (string | null)[]): Promise<Map<string, string>> {
  const ids = dimensions.filter((id) => id !== null).filter((id) => id !== "");
  return new Map((await operatorsById(ctx, ids)).map(({ id, name }) => [id, name]));
}

/** Whole hours where the zone's hours are whole, so that the database sums more. */
function stepOf({ from, to }: Period, wall: (at: number) => number): number {
  const whole = (at: number) => (wall(at) - at) % HOUR === 0;
  return from % HOUR === 0 && whole(from) && whole(to) ? HOUR : QUARTER_MS;
}

function labelsOf({ from, to, bucket }: Period, wall: (at: number) => number): string[] {
  const labels = new Set<string>();
  for (let at = from; at < to; at += QUARTER_MS) labels.add(WALL_BUCKETS[bucket](wall(at)));
  return [...labels];
}

function valuesOf(
  { of, per }: Line,
  { rows, labels, label }: {
    rows: readonly RollupRow[];
    labels: readonly string[];
    label: (at: number) => string;
  },
): (number | null)[] {
  const sum = (metric: Metric) => {
    const sums = new Map<string, number>();
    for (const row of rows) {
      if (row.metric === metric) sums.set(label(row.bucket), (sums.get(label(row.bucket)) ?? 0) + row.value);
    }
    return sums;
  };
  const values = sum(of);
  if (per === undefined) return labels.map((name) => values.get(name) ?? 0);
  const counts = sum(per);
  const average = of.endsWith("_ms") ? averageSeconds : averageOf;
  return labels.map((name) => average(values.get(name), counts.get(name)));
}

/** Milliseconds over a count, as seconds. */
export function averageSeconds(ms: number | undefined, count: number | undefined): number | null {
  const average = averageOf(ms, count);
  return average === null ? null : Math.round(average) / 1000;
}

export function averageOf(sum: number | undefined, count: number | undefined): number | null {
  return sum === undefined || count === undefined || count === 0
    ? null
    : Math.round(1000 * sum / count) / 1000;
}
