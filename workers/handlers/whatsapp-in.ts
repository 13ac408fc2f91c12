import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { fetchMedia, mediaFetch, readReceipt, receiptRead } from "../../lib/messaging/mod.ts";

/** What comes in from WhatsApp. May run twice: messages, statuses and files are told by their ids. */
export const whatsAppInHandlers: readonly JobHandler[] = [
  handler(receiptRead, readReceipt),
  handler(mediaFetch, fetchMedia),
];
