import { WALL_BUCKETS, wallClock } from "../business-time/mod.ts";
import type { Ctx } from "../context.ts";
import { loadBusiness } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { type Metric, QUARTER_MS } from "./metrics.ts";
import { type Bucket, type Period, periodOf, type PeriodQuery } from "./period.ts";
import { operatorsById } from "../operators/mod.ts";
import { selectFigures } from "./figures.ts";
import type { RollupRow, Stretch } from "./store.ts";

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
  const stretches = stretchesOf(period, wall);
  const labels = [...new Set(stretches.map(({ label }) => label))];
  const rows = await selectFigures(ctx, { metrics, stretches, split });
  const dimensions = split ? [...new Set(rows.map(({ dimension }) => dimension))].sort() : [null];
  const names = await namesOf(ctx, split ? dimensions : []);
  const byDimension = Map.groupBy(rows, ({ dimension }) => dimension);
  const series = dimensions.flatMap((dimension) => {
    const sums = sumsOf(byDimension.get(dimension ?? "") ?? [], stretches);
    return lines.map((line) => ({
      name: line.name,
      dimension,
      label: dimension === null ? null : names.get(dimension) ?? null,
      values: valuesOf(line, { sums, labels }),
    }));
  });
  return { from: iso(period.from), to: iso(period.to), bucket: period.bucket, timezone, labels, series };
}

/** Operators among the dimensions, also those who were removed. */
async function namesOf(ctx: Ctx, dimensions: readonly (string | null)[]): Promise<Map<string, string>> {
  const ids = dimensions.filter((id) => id !== null).filter((id) => id !== "");
  return new Map((await operatorsById(ctx, ids)).map(({ id, name }) => [id, name]));
}

interface Labelled extends Stretch {
  readonly label: string;
}

/** The period in stretches of one label each, in order. */
function stretchesOf({ from, to, bucket }: Period, wall: (at: number) => number): Labelled[] {
  const found: Labelled[] = [];
  for (let start = from; start < to; start += QUARTER_MS) {
    const label = WALL_BUCKETS[bucket](wall(start));
    const end = start + QUARTER_MS;
    const last = found.at(-1);
    if (last?.label === label) found[found.length - 1] = { ...last, end };
    else found.push({ label, start, end });
  }
  return found;
}

/** By metric and label. */
type Sums = ReadonlyMap<Metric, ReadonlyMap<string, number>>;

function sumsOf(rows: readonly RollupRow[], stretches: readonly Labelled[]): Sums {
  const sums = new Map<Metric, Map<string, number>>();
  for (const { metric, at, value } of rows) {
    const label = stretches[at]?.label ?? "";
    const of = sums.get(metric) ?? new Map<string, number>();
    sums.set(metric, of.set(label, (of.get(label) ?? 0) + value));
  }
  return sums;
}

function valuesOf(
  { of, per }: Line,
  { sums, labels }: { sums: Sums; labels: readonly string[] },
): (number | null)[] {
  const values = sums.get(of);
  if (per === undefined) return labels.map((name) => values?.get(name) ?? 0);
  const counts = sums.get(per);
  const average = of.endsWith("_ms") ? averageSeconds : averageOf;
  return labels.map((name) => average(values?.get(name), counts?.get(name)));
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
