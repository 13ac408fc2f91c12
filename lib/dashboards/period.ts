import { instantOf } from "../business-time/mod.ts";
import { DAY, HOUR } from "../kernel/clock.ts";
import { invalid } from "../kernel/errors.ts";
import { QUARTER_MS } from "./metrics.ts";

export const RANGES = {
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  quarter: 91 * DAY,
  year: 365 * DAY,
} as const;
export type Range = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as [Range, ...Range[]];

export const BUCKETS = ["hour", "day", "week", "month"] as const;
export type Bucket = typeof BUCKETS[number];

const LONGEST_MS = 400 * DAY;

export interface PeriodQuery {
  /** A day of the business's zone, or an instant. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Back from now, where `from` is not given. */
  readonly range?: Range | undefined;
  readonly bucket?: Bucket | undefined;
}

/** UTC milliseconds on quarters of an hour; `to` excluded. */
export interface Period {
  readonly from: number;
  readonly to: number;
  readonly bucket: Bucket;
}

const up = (at: number) => Math.ceil(at / QUARTER_MS) * QUARTER_MS;
const down = (at: number) => Math.floor(at / QUARTER_MS) * QUARTER_MS;

/** Throws 422 for an end before its beginning and for more than 400 days. */
export function periodOf(
  { from, to, range = "week", bucket }: PeriodQuery,
  { zone, now }: { zone: string; now: number },
): Period {
  const end = to === undefined ? up(now + 1) : up(instantOf(to, { zone, edge: "end" }));
  const begin = down(from === undefined ? end - RANGES[range] : instantOf(from, { zone, edge: "start" }));
  if (begin >= end) throw invalid("to", "must be after from");
  if (end - begin > LONGEST_MS) throw invalid("from", "a period is 400 days at the most");
  return { from: begin, to: end, bucket: bucket ?? usual(end - begin) };
}

function usual(ms: number): Bucket {
  if (ms <= 2 * DAY) return "hour";
  return ms <= 100 * DAY ? "day" : "month";
}
