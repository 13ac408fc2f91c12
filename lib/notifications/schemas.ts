import { z } from "zod";
import {
  CHAT_CHANNELS,
  type ChatChannel,
  DELIVERY_STATES,
  type DeliveryState,
  NOTIFY_CHANNELS,
  type NotifyChannel,
  PRIORITIES,
  type Priority,
} from "../../db/schema/notifications.ts";
import { WEEKDAYS } from "../business-time/mod.ts";
import { cleanText } from "../kernel/text.ts";

export {
  CHAT_CHANNELS,
  type ChatChannel,
  DELIVERY_STATES,
  type DeliveryState,
  NOTIFY_CHANNELS,
  type NotifyChannel,
  PRIORITIES,
  type Priority,
};

export function isChat(channel: NotifyChannel): channel is ChatChannel {
  return (CHAT_CHANNELS as readonly NotifyChannel[]).includes(channel);
}

/** Recipients of one call to many. */
export const MOST_RECIPIENTS = 100_000;

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
export const chatChannelField = z.enum(CHAT_CHANNELS);
/** The name of a chat address, in lower case. */
export const chatNameField = z.string().max(60).transform((text) =>
  text.replace(/^#/, "").trim().toLowerCase()
).pipe(
  z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u, "must be letters, digits, dot, _, - and spaces"),
);
export const keyField = z.string().min(1).max(LIMITS.key).transform(cleanText);

const PATTERN = /^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?)$/;

/** `ticket.opened`, `ticket.*` or `*`. */
const typePattern = z.string().max(100).regex(PATTERN, "must be like ticket.opened, ticket.* or *");
export const typesField = z.array(typePattern).min(1).max(50);
export const urlField = z.string().min(1).max(LIMITS.recipient)
  .refine((url) => URL.canParse(url), "must be an address such as https://example.com/path");
export const descriptionField = z.string().max(200).transform((text) => cleanText(text).trim());

/** Whether a pattern names an event's type. */
export function matches(pattern: string, type: string): boolean {
  if (pattern === "*" || pattern === type) return true;
  return pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1));
}

export const categoryField = z.string().min(1).max(60).regex(
  /^[a-z0-9_.-]+$/,
  "may have a-z, 0-9, dot, _ and -",
);

export const preferenceField = z.object({
  category: z.union([z.literal("*"), categoryField]),
  channel: z.union([z.literal("*"), channelField]),
  enabled: z.boolean(),
});

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time such as 22:00");

export const quietField = z.object({
  timezone: z.string().max(60),
  from: clock.nullable().default(null),
  to: clock.nullable().default(null),
  days: z.array(z.enum(WEEKDAYS)).max(7).default([]),
});

/** An address, or one with the data that fills the words for it. */
export const bulkRecipientField = z.union([
  recipientField.transform((recipient) => ({ recipient })),
  z.object({ recipient: recipientField, data: z.record(z.string().max(60), z.unknown()).optional() })
    .transform(({ recipient, data }) => (data === undefined ? { recipient } : { recipient, data })),
]);

const variableName = z.string().regex(
  /^[A-Za-z_][A-Za-z0-9_]{0,59}$/,
  "must be a name of letters, digits and _",
);

export const variableField = z.object({
  type: z.enum(["string", "number", "boolean", "list", "object"]),
  required: z.boolean().default(true),
  example: z.unknown().default(null),
});

const wordsField = z.object({
  subject: z.string().max(LIMITS.subject).transform(oneLine).default(""),
  text: z.string().max(LIMITS.text).transform(cleanText).default(""),
  html: z.string().max(LIMITS.html).transform(cleanText).optional(),
});

/** A template or layout of a workspace, as it is saved. */
export const templateField = z.object({
  name: z.string().min(1).max(100).regex(/^[a-z0-9_.-]+$/, "may have a-z, 0-9, dot, _ and -"),
  kind: z.enum(["template", "layout"]).default("template"),
  category: categoryField.default("general"),
  variables: z.record(variableName, variableField).default({}),
  texts: z.object({ es: wordsField.optional(), en: wordsField.optional() }),
  layout: z.string().max(100).nullable().default(null),
  throttle: z.object({
    limit: z.int().min(1).max(1000),
    minutes: z.int().min(1).max(7 * 24 * 60),
  }).nullable().default(null).describe(
    "At most so many to one address in so many minutes; critical ones come",
  ),
  digest_minutes: z.int().min(1).max(24 * 60).nullable().default(null).describe(
    "What comes to one address within so many minutes is told in one message; critical ones come at once",
  ),
});
export type TemplateInput = z.output<typeof templateField>;
