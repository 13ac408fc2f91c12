import { z } from "zod";
import { defineJob } from "../kernel/define-job.ts";

/** Two clients are one: whatever keeps the id of the one that went is to keep the other's. */
export const clientsMerged = defineJob({
  name: "clients.merged",
  schema: z.object({ from: z.string(), into: z.string() }),
  lane: "default",
  key: ({ from, into }) => `${from}:${into}`,
});
