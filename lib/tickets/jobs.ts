import { z } from "zod";
import { MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Opens a scheduled ticket when its time has come; looks again itself when that was moved. */
export const ticketsWake = defineJob({
  name: "tickets.wake",
  schema: z.object({ ticketId: z.string() }),
  lane: "default",
  backoff: { baseMs: 1000, maxMs: 5 * MINUTE },
});

/** Brings a ticket's words in the full-text index up to date. */
export const ticketsIndex = defineJob({
  name: "tickets.index",
  schema: z.object({ ticketId: z.string() }),
  lane: "bulk",
  key: ({ ticketId }) => ticketId,
});
