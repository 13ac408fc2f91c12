import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { followUp, sweepSessions, watsonFollowUp, watsonSweep } from "../../lib/watson/mod.ts";

export const watsonHandlers: readonly JobHandler[] = [
  handler(watsonFollowUp, async (ctx, { report_id, callback_url }) => {
    await followUp(ctx, { reportId: report_id, callbackUrl: callback_url });
  }),
  handler(watsonSweep, async (ctx) => void await sweepSessions(ctx)),
];
