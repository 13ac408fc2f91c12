import type { Ctx } from "../context.ts";
import { isRowMetric, ROW_METRICS, type RowMetric } from "./metrics.ts";
import {
  type RollupQuery,
  type RollupRow,
  selectCallCounts,
  selectRollups,
  selectVisitCounts,
} from "./store.ts";

/** What was counted, wherever it is kept. */
export async function selectFigures(ctx: Ctx, query: RollupQuery): Promise<RollupRow[]> {
  const counted = query.metrics.filter((metric) => !isRowMetric(metric));
  const asked = query.metrics.filter(isRowMetric);
  const rows = counted.length === 0 ? [] : await selectRollups(ctx, { ...query, metrics: counted });
  for (const [table, select] of Object.entries(TABLES)) {
    const own = asked.filter((metric) => ROW_METRICS[metric] === table);
    if (own.length === 0) continue;
    for (const { at, ...of } of await select(ctx, query)) {
      for (const metric of own) rows.push({ metric, at, dimension: "", value: of[metric] ?? 0 });
    }
  }
  return rows;
}

type Counts = { readonly at: number } & { readonly [M in RowMetric]?: number };

const TABLES: Readonly<
  Record<typeof ROW_METRICS[RowMetric], (ctx: Ctx, query: RollupQuery) => Promise<Counts[]>>
> = { calls: selectCallCounts, visits: selectVisitCounts };
