import { invalid } from "../kernel/errors.ts";
import type { Cell, CellKind, Row } from "../ports/tables.ts";
import type { Grouping, Measure } from "./schemas.ts";
import { WALL_BUCKETS } from "../business-time/mod.ts";

/** Groups that one report may have. */
export const MOST_GROUPS = 10_000;

interface Sum {
  count: number;
  sum: number;
  min: number;
  max: number;
}

export interface GroupPlan {
  /** Where in a row the value of each grouping and measure stands; a count of rows has none. */
  readonly groupings: readonly (Grouping & { readonly at: number })[];
  readonly measures: readonly (Measure & { readonly at: number | null })[];
  readonly wall: (at: number) => number;
}

/** Gathers rows into groups as they come, in memory for the groups alone. */
export function createGroups({ groupings, measures, wall }: GroupPlan) {
  const groups = new Map<string, { keys: Cell[]; sums: Sum[] }>();

  function keyOf(row: Row): Cell[] {
    return groupings.map(({ at, bucket }) => {
      const value = row[at] ?? null;
      return bucket === undefined || typeof value !== "number" ? value : WALL_BUCKETS[bucket](wall(value));
    });
  }

  return {
    /** Throws 422 past MOST_GROUPS. */
    add(row: Row): void {
      const keys = keyOf(row);
      const name = JSON.stringify(keys);
      let group = groups.get(name);
      if (group === undefined) {
        if (groups.size === MOST_GROUPS) {
          throw invalid(
            "group_by",
            `gives more than ${MOST_GROUPS} groups: choose coarser ones or a shorter time`,
          );
        }
        const sums = measures.map(() => ({ count: 0, sum: 0, min: Infinity, max: -Infinity }));
        groups.set(name, group = { keys, sums });
      }
      measures.forEach(({ at }, index) => {
        const sum = group.sums[index];
        const value = at === null ? 1 : row[at];
        if (sum === undefined || value === null || value === undefined) return;
        sum.count++;
        const number = Number(value);
        sum.sum += number;
        sum.min = Math.min(sum.min, number);
        sum.max = Math.max(sum.max, number);
      });
    },
    /** One row a group, in the order of their keys. */
    rows(): Row[] {
      return [...groups.values()]
        .sort((a, b) => compareKeys(a.keys, b.keys))
        .map(({ keys, sums }) => [...keys, ...measures.map(({ fn }, index) => RESULT[fn](sums[index]))]);
    },
  };
}

const RESULT = {
  count: (sum) => sum?.count ?? 0,
  sum: (sum) => sum?.sum ?? 0,
  avg: (sum) => sum === undefined || sum.count === 0 ? null : sum.sum / sum.count,
  min: (sum) => sum === undefined || sum.count === 0 ? null : sum.min,
  max: (sum) => sum === undefined || sum.count === 0 ? null : sum.max,
} as const satisfies Record<Measure["fn"], (sum: Sum | undefined) => number | null>;

function compareKeys(a: readonly Cell[], b: readonly Cell[]): number {
  for (let index = 0; index < a.length; index++) {
    const order = compareCells(a[index] ?? null, b[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** What is missing comes last. */
function compareCells(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : 1;
  return Number(a) - Number(b);
}

/** What a measure of a column is shown as. */
export function measureKind(fn: Measure["fn"], of: CellKind | null): CellKind {
  if (fn === "count" || of === null || of === "flag" || of === "text") return "number";
  return of;
}
