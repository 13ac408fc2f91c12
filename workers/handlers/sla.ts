import { businessHoursChanged } from "../../lib/business-time/jobs.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { followBusinessHours, recountClocks, slaRecount, slaTick, tickClock } from "../../lib/sla/mod.ts";

/** The timers of what is promised. May run twice: a clock that was settled stays as it is. */
export const slaHandlers: readonly JobHandler[] = [
  handler(slaTick, tickClock),
  handler(slaRecount, recountClocks),
  handler(businessHoursChanged, followBusinessHours),
];
