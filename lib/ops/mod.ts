export { createBackup, listBackups } from "./backups.ts";
export { applyRetentionJob, dailyBackup, requestedBackup } from "./jobs.ts";
export { applyRetention, RETENTION, type RetentionReport } from "./retention.ts";
export { opsTools, toBackupDto } from "./tools.ts";
