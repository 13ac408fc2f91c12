import { z } from "zod";
import { MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Reminds one side of a visit, `minutes` before it begins at `startsAt`. One that was moved has other reminders. */
export const visitRemind = defineJob({
  name: "visits.remind",
  schema: z.object({
    visitId: z.string(),
    audience: z.enum(["client", "operator"]),
    minutes: z.number(),
    startsAt: z.number(),
  }),
  lane: "default",
  backoff: { baseMs: 2000, maxMs: 5 * MINUTE },
  key: ({ visitId, audience, minutes, startsAt }) => `${visitId}:${audience}:${minutes}:${startsAt}`,
});

/** Tells both sides what became of a visit; `sequence` names the change. */
export const visitTell = defineJob({
  name: "visits.tell",
  schema: z.object({
    visitId: z.string(),
    news: z.enum(["scheduled", "changed", "cancelled"]),
    sequence: z.number(),
    startsAt: z.number().nullable(),
    /** Of a visit that changed hands: who has it no more. */
    formerOperatorId: z.string().nullable(),
  }),
  lane: "default",
  key: ({ visitId, news, sequence }) => `${visitId}:${news}:${sequence}`,
});
