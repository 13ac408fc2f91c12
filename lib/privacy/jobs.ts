import { z } from "zod";
import { HOUR, MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Empties the turns with Watson that name an erased person's addresses and nothing else leads to. */
export const forgetMentions = defineJob({
  name: "privacy.forget_mentions",
  schema: z.object({
    contact_id: z.string(),
    /** The addresses, sealed for the contact: nobody else knows them any more. */
    sealed: z.string(),
    /** What was said later was said of somebody else (UTC milliseconds). */
    until: z.number(),
  }),
  lane: "maintenance",
  attempts: 8,
  backoff: { baseMs: 5000, maxMs: 15 * MINUTE },
  timeoutMs: HOUR,
});
