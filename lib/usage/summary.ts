import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { DAY } from "../kernel/clock.ts";
import { invalid } from "../kernel/errors.ts";
import { type Budget, checkBudget, dayOf } from "./budget.ts";
import { selectCounter, selectSums } from "./store.ts";

export interface UsageTotals {
  readonly calls: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface UsageSummary {
  readonly from: number;
  readonly to: number;
  readonly totals: UsageTotals;
  readonly byDay: readonly (UsageTotals & { readonly day: string })[];
  /** `averageMs` is over all calls of the model, failed ones included. */
  readonly byModel: readonly (UsageTotals & {
    readonly provider: string;
    readonly model: string;
    readonly averageMs: number;
  })[];
  readonly byPurpose: readonly (UsageTotals & { readonly purpose: string })[];
  /** Today's caps: what is used of them, and whether they still allow a call. */
  readonly today: {
    readonly calls: number;
    readonly tokens: number;
    readonly maxCalls: number;
    readonly maxTokens: number;
    readonly budget: Budget;
  };
}

type Sum = Awaited<ReturnType<typeof selectSums>>[number];
const LONGEST = 366 * DAY;

/** What the workspace's language models did in `[from, to)`, UTC milliseconds; a year at most. */
export async function usageSummary(
  ctx: Ctx,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<UsageSummary> {
  requireScope(ctx, "usage:read");
  if (!(to > from)) throw invalid("to", "must be later than from");
  if (to - from > LONGEST) throw invalid("from", "the span is a year at most");
  const sums = await selectSums(ctx, { from, to });
  const day = dayOf(ctx.now());
  const [counter] = await selectCounter(ctx, { workspaceId: ctx.workspaceId, day, subject: "" });
  const { dailyCalls: maxCalls, dailyTokens: maxTokens } = ctx.config.llm;
  return {
    from,
    to,
    totals: total(sums),
    byDay: groups(sums, (sum) => sum.day).map((of) => ({ day: of[0].day, ...total(of) })),
    byModel: groups(sums, (sum) => `${sum.provider} ${sum.model}`).map((of) => ({
      provider: of[0].provider,
      model: of[0].model,
      averageMs: Math.round(add(of, "ms") / add(of, "calls")),
      ...total(of),
    })),
    byPurpose: groups(sums, (sum) => sum.purpose).map((of) => ({ purpose: of[0].purpose, ...total(of) })),
    today: {
      calls: counter?.calls ?? 0,
      tokens: counter?.tokens ?? 0,
      maxCalls,
      maxTokens,
      budget: await checkBudget(ctx),
    },
  };
}

function total(sums: readonly Sum[]): UsageTotals {
  return {
    calls: add(sums, "calls"),
    failed: add(sums.filter(({ outcome }) => outcome !== "ok"), "calls"),
    inputTokens: add(sums, "inputTokens"),
    outputTokens: add(sums, "outputTokens"),
  };
}

function add(sums: readonly Sum[], field: "calls" | "inputTokens" | "outputTokens" | "ms"): number {
  return sums.reduce((all, sum) => all + sum[field], 0);
}

/** Groups in order of first sight; none is empty. */
function groups(sums: readonly Sum[], keyOf: (sum: Sum) => string): [Sum, ...Sum[]][] {
  const found = new Map<string, [Sum, ...Sum[]]>();
  for (const sum of sums) {
    const known = found.get(keyOf(sum));
    if (known === undefined) found.set(keyOf(sum), [sum]);
    else known.push(sum);
  }
  return [...found.values()];
}
