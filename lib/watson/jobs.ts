import { z } from "zod";
import { DAY, MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Tells Orchestrate that a report which it asked for is done. */
export const watsonFollowUp = defineJob({
  name: "watson.follow_up",
  schema: z.object({
    report_id: z.string(),
    callback_url: z.string(),
    locale: z.enum(["es", "en"]).default("es"),
    /** The talk in which it was asked for. */
    session_id: z.string().nullable().default(null),
  }),
  lane: "default",
  attempts: 8,
  backoff: { baseMs: 5000, maxMs: 15 * MINUTE },
  timeoutMs: MINUTE,
});

/** Forgets sessions that fell silent long ago. */
export const watsonSweep = defineJob({
  name: "watson.sweep",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 4,
  backoff: { baseMs: MINUTE, maxMs: DAY / 24 },
  timeoutMs: 10 * MINUTE,
});
