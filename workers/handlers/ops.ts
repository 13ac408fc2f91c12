import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import {
  applyJobRetention,
  applyRetention,
  applyRetentionJob,
  createBackup,
  dailyBackup,
  jobRetentionJob,
  requestedBackup,
} from "../../lib/ops/mod.ts";

export const opsHandlers: readonly JobHandler[] = [
  handler(dailyBackup, async (ctx) => {
    // A remote database is backed up by its provider.
    if (ctx.ports.backups.configured) await createBackup(ctx, { reason: "daily" });
  }),
  handler(requestedBackup, async (ctx, { reason }) => void await createBackup(ctx, { reason })),
  handler(applyRetentionJob, async (ctx) => {
    const report = await applyRetention(ctx);
    ctx.ports.log.log("info", "Retention was applied", { ...report.deleted, pages: report.pages });
  }),
  handler(jobRetentionJob, async (ctx) => void await applyJobRetention(ctx)),
];
