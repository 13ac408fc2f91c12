import { z } from "zod";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Forgets mails of long ago. */
export const mailSweep = defineJob({
  name: "mail.sweep",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 3,
  key: () => "sweep",
});

/** Reads a mail and makes a ticket or a comment of it. */
export const mailRead = defineJob({
  name: "mail.read",
  schema: z.object({ receiptId: z.string() }),
  lane: "default",
  attempts: 10,
  backoff: { baseMs: SECOND, maxMs: 10 * MINUTE },
  timeoutMs: 3 * MINUTE,
  key: ({ receiptId }) => receiptId,
});
