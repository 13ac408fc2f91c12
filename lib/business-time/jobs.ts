import { z } from "zod";
import { defineJob } from "../kernel/define-job.ts";

/** The business keeps other hours since `at`: what counts by them is reckoned anew. */
export const businessHoursChanged = defineJob({
  name: "business.hours_changed",
  schema: z.object({ at: z.int() }),
  lane: "default",
  attempts: 20,
});
