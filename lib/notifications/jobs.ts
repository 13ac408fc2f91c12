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

/** The same for notifications to many, which give way to the others. */
export const deliverBulk = defineJob({
  name: "notification.deliver_bulk",
  schema: deliveries,
  lane: "bulk",
  attempts: 12,
  backoff: { baseMs: SECOND, maxMs: 60 * SECOND },
  timeoutMs: 180 * SECOND,
});

/** Writes the deliveries of some recipients of a notification to many. */
export const fanOut = defineJob({
  name: "notification.fan_out",
  schema: z.object({ chunkId: z.string() }),
  lane: "bulk",
  attempts: 12,
  backoff: { baseMs: SECOND, maxMs: 60 * SECOND },
});

/** Tells what a digest has gathered. */
export const closeDigest = defineJob({
  name: "notification.digest",
  schema: z.object({ digestId: z.string() }),
  lane: "default",
  attempts: 12,
  key: ({ digestId }) => digestId,
});

/** Gives deliveries that lost their job a new one, and forgets old notifications. */
export const notificationSweep = defineJob({
  name: "notification.sweep",
  schema: z.object({}),
  lane: "maintenance",
  attempts: 1,
  timeoutMs: 10 * 60 * SECOND,
  key: () => "sweep",
});

/** Writes what a provider told of an SMS. */
export const smsStatus = defineJob({
  name: "notification.sms_status",
  schema: z.object({ sid: z.string(), status: z.string(), code: z.string().nullable() }),
  lane: "default",
  attempts: 5,
  backoff: { baseMs: 2 * SECOND, maxMs: 60 * SECOND },
});
