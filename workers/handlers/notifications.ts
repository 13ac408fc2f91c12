import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import {
  applySmsStatus,
  closeDigest,
  closeDigestNow,
  deliver,
  deliverBulk,
  deliverThese,
  fanOut,
  fanOutChunk,
  notificationSweep,
  smsStatus,
  sweepNotifications,
} from "../../lib/notifications/mod.ts";

/** What goes out to people and machines. A call that may have been made is never made again by itself. */
export const notificationHandlers: readonly JobHandler[] = [
  handler(deliver, deliverThese),
  handler(deliverBulk, deliverThese),
  handler(fanOut, fanOutChunk),
  handler(closeDigest, closeDigestNow),
  handler(smsStatus, applySmsStatus),
  handler(notificationSweep, async (ctx) => void await sweepNotifications(ctx)),
];
