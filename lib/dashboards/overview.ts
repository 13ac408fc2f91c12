import type { Ctx } from "../context.ts";
import { countConversations, loadBusiness } from "../conversations/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { averageOf, averageSeconds } from "./charts.ts";
import { type Metric, METRICS, ROW_METRICS } from "./metrics.ts";
import { selectFigures } from "./figures.ts";
import { type Period, periodOf, type PeriodQuery } from "./period.ts";
import { countLiveTickets, countOperators, countTroubles } from "./store.ts";

/** How things stand at this moment. */
export interface Gauges {
  readonly at: string;
  readonly tickets: {
    readonly live: number;
    readonly by_state: Record<string, number>;
    readonly by_priority: Record<string, number>;
    readonly unassigned: number;
    readonly overdue: number;
  };
  readonly operators: {
    readonly online: number;
    readonly by_presence: Record<string, number>;
    readonly load: number;
    readonly capacity: number;
  };
  /** null: the actor may not see conversations. */
  readonly conversations: Record<string, number> | null;
}

/** Counted from the rows, each by an index. */
export async function gauges(ctx: Ctx): Promise<Gauges> {
  requireScope(ctx, "dashboards:read");
  const live = await countLiveTickets(ctx);
  const troubles = await countTroubles(ctx);
  const operators = await countOperators(ctx);
  const online = operators.find(({ presence }) => presence === "online");
  return {
    at: iso(ctx.now()),
    tickets: {
      live: live.reduce((sum, { count }) => sum + count, 0),
      by_state: tally(live, ({ state }) => state),
      by_priority: tally(live, ({ priority }) => priority),
      ...troubles,
    },
    operators: {
      online: online?.count ?? 0,
      by_presence: tally(operators, ({ presence }) => presence),
      load: operators.reduce((sum, { load }) => sum + load, 0),
      capacity: online?.capacity ?? 0,
    },
    conversations: ctx.actor.scopes.has("conversations:read") ? { ...await countConversations(ctx) } : null,
  };
}

function tally<T extends { readonly count: number }>(
  rows: readonly T[],
  by: (row: T) => string,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[by(row)] = (counts[by(row)] ?? 0) + row.count;
  return counts;
}

export interface Totals {
  readonly counts: Record<string, number>;
  readonly first_response_seconds: number | null;
  readonly resolution_seconds: number | null;
  readonly talk_seconds: number | null;
  /** 1 to 5, of the answers that came. */
  readonly csat: number | null;
}

export interface OverviewView {
  readonly from: string;
  readonly to: string;
  readonly totals: Totals;
  /** The same over the time of equal length before. */
  readonly previous: Totals;
  readonly now: Gauges;
}

/** The main figures of a period, of the one before, and of this moment. */
export async function overview(ctx: Ctx, query: PeriodQuery): Promise<OverviewView> {
  requireScope(ctx, "dashboards:read");
  const { timezone } = await loadBusiness(ctx);
  const { from, to } = periodOf(query, { zone: timezone, now: ctx.now() });
  return {
    from: iso(from),
    to: iso(to),
    totals: await totalsOf(ctx, { from, to }),
    previous: await totalsOf(ctx, { from: from - (to - from), to: from }),
    now: await gauges(ctx),
  };
}

const NAMES = [...Object.keys(METRICS), ...Object.keys(ROW_METRICS)] as Metric[];

async function totalsOf(ctx: Ctx, { from, to }: Pick<Period, "from" | "to">): Promise<Totals> {
  const sums = new Map<Metric, number>();
  for (
    const { metric, value } of await selectFigures(ctx, {
      metrics: NAMES,
      stretches: [{ start: from, end: to }],
      split: false,
    })
  ) {
    sums.set(metric, (sums.get(metric) ?? 0) + value);
  }
  const counts = NAMES.filter((name) => !name.endsWith("_ms") && name !== "csat.score");
  return {
    counts: Object.fromEntries(counts.map((name) => [name.replace(".", "_"), sums.get(name) ?? 0])),
    first_response_seconds: averageSeconds(
      sums.get("tickets.first_response_ms"),
      sums.get("tickets.first_responses"),
    ),
    resolution_seconds: averageSeconds(sums.get("tickets.resolution_ms"), sums.get("tickets.resolved")),
    talk_seconds: averageSeconds(sums.get("calls.talk_ms"), sums.get("calls.answered")),
    csat: averageOf(sums.get("csat.score"), sums.get("csat.answers")),
  };
}
