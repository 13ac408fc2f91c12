import type { Ctx } from "../context.ts";
import { type CallMetric, isCallMetric } from "./metrics.ts";
import { type RollupQuery, type RollupRow, selectCallCounts, selectRollups } from "./store.ts";

/** What was counted, wherever it is kept. */
export async function selectFigures(ctx: Ctx, query: RollupQuery): Promise<RollupRow[]> {
  const counted = query.metrics.filter((metric) => !isCallMetric(metric));
  const asked = query.metrics.filter(isCallMetric);
  const rows = counted.length === 0 ? [] : await selectRollups(ctx, { ...query, metrics: counted });
  if (asked.length === 0) return rows;
  const calls = await selectCallCounts(ctx, query);
  return [
    ...rows,
    ...calls.flatMap(({ bucket, ...of }) =>
      asked.map((metric) => ({ metric, bucket, dimension: "", value: of[VALUE[metric]] }))
    ),
  ];
}

const VALUE = {
  "calls.in": "in",
  "calls.out": "out",
  "calls.missed": "missed",
  "calls.answered": "answered",
  "calls.talk_ms": "talkMs",
} as const satisfies Record<CallMetric, string>;
