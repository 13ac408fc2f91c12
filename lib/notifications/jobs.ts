import { z } from "zod";
import { SECOND } from "../kernel/clock.ts";
import { defineJob } from "../kernel/define-job.ts";

const deliveries = z.object({ deliveryIds: z.array(z.string()).min(1) });

/** Hands deliveries to their providers. Priority orders these jobs. */
export const deliver = defineJob({
  name: "notification.deliver",
  schema: deliveries,
  lane: "default",
  attempts: 12,
  backoff: { baseMs: SECOND, maxMs: 60 * SECOND },
  timeoutMs: 180 * SECOND,
});

/** Writes what a provider told of an SMS. */
export const smsStatus = defineJob({
  name: "notification.sms_status",
  schema: z.object({ sid: z.string(), status: z.string(), code: z.string().nullable() }),
  lane: "default",
  attempts: 5,
  backoff: { baseMs: 2 * SECOND, maxMs: 60 * SECOND },
});
