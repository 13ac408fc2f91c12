import { z } from "zod";
import { defineJob } from "../kernel/define-job.ts";

/** Nobody answered a call: tells so, unless the answer was told meanwhile. */
export const callMissed = defineJob({
  name: "calls.missed",
  schema: z.object({ callId: z.string() }),
  lane: "default",
  key: ({ callId }) => callId,
});
