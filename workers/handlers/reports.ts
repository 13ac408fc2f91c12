import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { expireReports, generateReport, reportGenerate, reportsExpire } from "../../lib/reports/mod.ts";

export const reportHandlers: readonly JobHandler[] = [
  handler(reportGenerate, async (ctx, { report_id }) => await generateReport(ctx, report_id)),
  handler(reportsExpire, async (ctx) => void await expireReports(ctx)),
];
