import { z } from "zod";
import { MINUTE } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

/** Hands consumers what they have not read yet, where no process stays alive to do it at once. */
export const eventsConsume = defineJob({
  name: "events.consume",
  schema: z.object({}),
  lane: "default",
  attempts: 3,
  timeoutMs: 5 * MINUTE,
  key: () => "all",
});

/** Hands one event to one consumer again, which failed on it and went on without. */
export const eventsRetry = defineJob({
  name: "events.retry",
  schema: z.object({ consumer: z.string(), seq: z.int() }),
  lane: "default",
  attempts: 10,
  backoff: { baseMs: 5000, maxMs: 30 * MINUTE },
  timeoutMs: MINUTE,
});
