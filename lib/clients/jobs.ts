import { z } from "zod";
import { defineJob } from "../kernel/define-job.ts";

/** Two clients are one: whatever keeps the id of the one that went is to keep the other's. */
export const clientsMerged = defineJob({
  name: "clients.merged",
  schema: z.object({ from: z.string(), into: z.string() }),
  lane: "default",
  key: ({ from, into }) => `${from}:${into}`,
});

/** It is time to tell that a contract ends. One that ends on another day by then makes of it nothing. */
export const clientsContractEnds = defineJob({
  name: "clients.contract_ends",
  schema: z.object({
    clientId: z.string(),
    ends: z.string(),
    /** So long before; left out: as long as it is unless others are set. */
    days: z.int().positive().optional(),
  }),
  lane: "default",
  attempts: 20,
  key: ({ clientId, ends, days }) => [clientId, ends, ...days === undefined ? [] : [days]].join(":"),
});

/** Ends of contracts are told of another number of days before: each gets its time by it. */
export const clientsContractDays = defineJob({
  name: "clients.contract_days",
  schema: z.object({ after: z.string().nullable() }),
  lane: "default",
  attempts: 20,
});
