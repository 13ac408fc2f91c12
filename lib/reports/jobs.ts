import { z } from "zod";
import { HOUR, MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Writes the file of a report that was asked for. */
export const reportGenerate = defineJob({
  name: "reports.generate",
  schema: z.object({ report_id: z.string() }),
  lane: "bulk",
  attempts: 4,
  backoff: { baseMs: 5000, maxMs: 5 * MINUTE },
  timeoutMs: HOUR,
});

/** Deletes reports past their time, with their files. */
export const reportsExpire = defineJob({
  name: "reports.expire",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 4,
  timeoutMs: HOUR,
});
