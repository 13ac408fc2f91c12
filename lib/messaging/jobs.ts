import { z } from "zod";
import { HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Reads a webhook's body and takes in what it brings. */
export const receiptRead = defineJob({
  name: "whatsapp.receipt",
  schema: z.object({ receiptId: z.string() }),
  lane: "default",
  attempts: 12,
  backoff: { baseMs: 500, maxMs: 5 * MINUTE },
});

/** Decides about a message of which nobody said what became of it. */
export const messageDoubt = defineJob({
  name: "message.doubt",
  schema: z.object({ messageId: z.string(), attemptId: z.string() }),
  lane: "default",
  attempts: 20,
  key: ({ attemptId }) => attemptId,
});

/** Fetches a customer's file from the channel. */
export const mediaFetch = defineJob({
  name: "whatsapp.media",
  schema: z.object({ messageId: z.string() }),
  lane: "bulk",
  attempts: 6,
  backoff: { baseMs: 2 * SECOND, maxMs: 10 * MINUTE },
  timeoutMs: 5 * MINUTE,
  key: ({ messageId }) => messageId,
});

/** Finds messages whose sender was lost and gives them a new one; forgets old receipts. */
export const messagingSweep = defineJob({
  name: "messaging.sweep",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 1,
  timeoutMs: HOUR,
  key: () => "sweep",
});
