import { businessHoursChanged } from "../../lib/business-time/jobs.ts";
import { handler, type JobCtx, type JobHandler } from "../../lib/jobs/mod.ts";
import { followHours } from "../../lib/rules/mod.ts";
import { followBusinessHours, recountClocks, slaRecount, slaTick, tickClock } from "../../lib/sla/mod.ts";

/** What is promised, and what rules wait for, comes by the hours of now. */
async function followBusiness(ctx: JobCtx, change: { readonly at: number }): Promise<void> {
  await followBusinessHours(ctx, change);
  await followHours(ctx);
}

/** The timers of what is promised. May run twice: a clock that was settled stays as it is. */
export const slaHandlers: readonly JobHandler[] = [
  handler(slaTick, tickClock),
  handler(slaRecount, recountClocks),
  handler(businessHoursChanged, followBusiness),
];
