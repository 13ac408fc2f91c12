import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { followUp, sweepSessions, watsonFollowUp, watsonSweep } from "../../lib/watson/mod.ts";

export const watsonHandlers: readonly JobHandler[] = [
  handler(watsonFollowUp, async (ctx, { report_id, callback_url, session_id, locale }) => {
    await followUp(ctx, { reportId: report_id, callbackUrl: callback_url, sessionId: session_id, locale });
  }),
  handler(watsonSweep, async (ctx) => void await sweepSessions(ctx)),
];
