export { createBackup, listBackups } from "./backups.ts";
export { applyRetentionJob, dailyBackup, jobRetentionJob, requestedBackup } from "./jobs.ts";
export { applyJobRetention, applyRetention, RETENTION, type RetentionReport } from "./retention.ts";
export { opsTools, toBackupDto } from "./tools.ts";
