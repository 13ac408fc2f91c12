import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import {
  applyJobRetention,
  applyRetention,
  applyRetentionJob,
  createBackup,
  dailyBackup,
  jobRetentionJob,
  requestedBackup,
  sweepBlobs,
  sweepBlobsJob,
} from "../../lib/ops/mod.ts";

export const opsHandlers: readonly JobHandler[] = [
  handler(dailyBackup, async (ctx) => {
    // A remote database is backed up by its provider.
    if (ctx.ports.backups.configured) await createBackup(ctx, { reason: "daily" });
  }),
  handler(requestedBackup, async (ctx, { reason }) => void await createBackup(ctx, { reason })),
];

/** What runs anywhere. */
export const housekeepingHandlers: readonly JobHandler[] = [
  handler(applyRetentionJob, async (ctx) => {
    const report = await applyRetention(ctx);
    ctx.ports.log.log("info", "Retention was applied", { ...report.deleted, pages: report.pages });
  }),
  handler(jobRetentionJob, async (ctx) => void await applyJobRetention(ctx)),
  handler(sweepBlobsJob, async (ctx, page) => {
    const { seen, deleted } = await sweepBlobs(ctx, page);
    if (deleted > 0) ctx.ports.log.log("warn", "Files that no row names were deleted", { seen, deleted });
  }),
];
