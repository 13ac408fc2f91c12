import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { applySmsStatus, deliver, deliverThese, smsStatus } from "../../lib/notifications/mod.ts";

/** What goes out to people and machines. A call that may have been made is never made again by itself. */
export const notificationHandlers: readonly JobHandler[] = [
  handler(deliver, deliverThese),
  handler(smsStatus, applySmsStatus),
];
