import { customerSeen, messageSend } from "../../lib/conversations/mod.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import {
  decideDoubt,
  messageDoubt,
  messagingSweep,
  sendQueued,
  showSeen,
  sweepMessaging,
} from "../../lib/messaging/mod.ts";

/** What goes out over WhatsApp. A send that may have happened is never made again by itself. */
export const whatsAppOutHandlers: readonly JobHandler[] = [
  handler(messageSend, sendQueued),
  handler(messageDoubt, decideDoubt),
  handler(customerSeen, showSeen),
  handler(messagingSweep, async (ctx) => void await sweepMessaging(ctx)),
];
