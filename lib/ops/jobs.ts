import { z } from "zod";
import { HOUR } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Makes the daily backup and deletes the oldest ones past the number to keep. */
export const dailyBackup = defineJob({
  name: "ops.daily_backup",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 4,
  backoff: { baseMs: 60_000, maxMs: HOUR },
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
