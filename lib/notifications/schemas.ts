import { z } from "zod";
import {
  DELIVERY_STATES,
  type DeliveryState,
  NOTIFY_CHANNELS,
  type NotifyChannel,
  PRIORITIES,
  type Priority,
} from "../../db/schema/notifications.ts";
import { cleanText } from "../kernel/text.ts";

export {
  DELIVERY_STATES,
  type DeliveryState,
  NOTIFY_CHANNELS,
  type NotifyChannel,
  PRIORITIES,
  type Priority,
};

/** What one notification may hold. A mail of a megabyte of words is a mistake. */
export const LIMITS = {
  subject: 200,
  text: 64 * 1024,
  html: 256 * 1024,
  recipient: 2048,
  recipients: 1000,
  key: 200,
} as const;

const oneLine = (text: string) => cleanText(text).replace(/\s+/g, " ").trim();

export const channelField = z.enum(NOTIFY_CHANNELS);
export const priorityField = z.enum(PRIORITIES);
export const recipientField = z.string().max(LIMITS.recipient).transform((text) => cleanText(text).trim());
export const subjectField = z.string().max(LIMITS.subject).transform(oneLine);
export const messageField = z.string().max(LIMITS.text).transform(cleanText).pipe(
  z.string().refine((text) => text.trim() !== "", "must not be empty"),
);
export const keyField = z.string().min(1).max(LIMITS.key).transform(cleanText);
