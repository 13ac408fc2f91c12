import type { Ctx } from "../context.ts";
import { DAY, iso } from "../kernel/clock.ts";
import { usageSummary, type UsageTotals } from "./summary.ts";

const DEFAULT_SPAN = 30 * DAY;

const counts = ({ calls, failed, inputTokens, outputTokens }: UsageTotals) => ({
  calls,
  failed,
  input_tokens: inputTokens,
  output_tokens: outputTokens,
});

/** The figures of a span as they are told outside; without one of the last 30 days. */
export async function usageView(
  ctx: Ctx,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
) {
  const end = to === undefined ? ctx.now() : Date.parse(to);
  const start = from === undefined ? end - DEFAULT_SPAN : Date.parse(from);
  const { totals, byDay, byModel, byPurpose, today } = await usageSummary(ctx, { from: start, to: end });
  return {
    from: iso(start),
    to: iso(end),
    totals: counts(totals),
    by_day: byDay.map(({ day, ...sums }) => ({ day, ...counts(sums) })),
    by_model: byModel.map(({ provider, model, averageMs, ...sums }) => ({
      provider,
      model,
      average_ms: averageMs,
      ...counts(sums),
    })),
    by_purpose: byPurpose.map(({ purpose, ...sums }) => ({ purpose, ...counts(sums) })),
    today: {
      calls: today.calls,
      tokens: today.tokens,
      max_calls: today.maxCalls,
      max_tokens: today.maxTokens,
      allowed: today.budget.allowed,
    },
  };
}
