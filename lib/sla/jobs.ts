import { z } from "zod";
import { defineJob } from "../kernel/define-job.ts";

/** A clock may have come to its warning or its end. One that has moved on since makes of it nothing. */
export const slaTick = defineJob({
  name: "sla.tick",
  schema: z.object({ clockId: z.string(), at: z.int() }),
  lane: "default",
  attempts: 20,
  key: ({ clockId, at }) => `${clockId}:${at}`,
});

/** A calendar says something else now: the clocks that run by it get new times, a batch a job. */
export const slaRecount = defineJob({
  name: "sla.recount",
  schema: z.object({ calendarId: z.string(), revision: z.int(), after: z.string().nullable() }),
  lane: "bulk",
  attempts: 20,
  key: ({ calendarId, revision, after }) => `${calendarId}:${revision}:${after ?? ""}`,
});
