import { z } from "zod";
import { HOUR, MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";
import { BACKUP_REASONS } from "../ports/backups.ts";

/** Makes the daily backup and deletes the oldest ones past the number to keep. */
export const dailyBackup = defineJob({
  name: "ops.daily_backup",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 4,
  backoff: { baseMs: 60_000, maxMs: HOUR },
  timeoutMs: 2 * HOUR,
});

/** Makes a backup for a process that does not own the database. */
export const requestedBackup = defineJob({
  name: "ops.backup",
  schema: z.object({ reason: z.enum(BACKUP_REASONS) }),
  lane: "maintenance",
  attempts: 1,
  timeoutMs: 2 * HOUR,
});

/** Deletes what has outlived its use (see retention.ts). */
export const applyRetentionJob = defineJob({
  name: "ops.retention",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 4,
  backoff: { baseMs: 60_000, maxMs: HOUR },
  timeoutMs: HOUR,
});

/** Deletes ended jobs that nobody needs any more, several times an hour. */
export const jobRetentionJob = defineJob({
  name: "ops.job_retention",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 2,
  timeoutMs: HOUR,
});

/** Deletes blobs that no row names, a page of them; `after` is the last key of the page before. */
export const sweepBlobsJob = defineJob({
  name: "ops.sweep_blobs",
  schema: z.object({ after: z.string().nullable() }),
  lane: "maintenance",
  attempts: 4,
  backoff: { baseMs: 60_000, maxMs: HOUR },
  timeoutMs: 10 * MINUTE,
});
