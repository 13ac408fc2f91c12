export { createBackup, listBackups } from "./backups.ts";
export { type BlobSweep, sweepBlobs } from "./blobs.ts";
export { applyRetentionJob, dailyBackup, jobRetentionJob, requestedBackup, sweepBlobsJob } from "./jobs.ts";
export { applyJobRetention, applyRetention, RETENTION, type RetentionReport } from "./retention.ts";
export { opsTools, toBackupDto } from "./tools.ts";
