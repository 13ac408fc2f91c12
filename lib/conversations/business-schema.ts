import { z } from "zod";
import { calendarFields } from "../business-time/schemas.ts";
import { cleanText } from "../kernel/text.ts";

const text = (max: number) => z.string().max(max).transform((value) => cleanText(value).trim());
const notifyFields = {
  emails: z.array(z.email()).max(20),
  webhook_url: z.url({ protocol: /^https?$/ }).max(2000).nullable(),
};
const fields = {
  name: text(120),
  description: text(4000),
  ...calendarFields,
  /** Opens the first answer of a conversation. Empty: the usual words in the customer's language. */
  greeting: text(2000),
  /** Said when a person is wanted outside business hours. Empty: the usual words. */
  away: text(2000),
  tone: text(500),
  /** The first one is spoken when the customer's language is not known or not among them. */
  languages: z.array(
    z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "must be a language tag such as es or en-US"),
  )
    .min(1).max(20),
  /** Phrases that ask for a person, beside the built-in ones. */
  handover_words: z.array(text(100).refine((word) => word.length > 0, "must not be empty")).max(200),
  /** So many turns in a row without an answer call a person; 0: never by itself. */
  handover_after_misses: z.number().int().min(0).max(20),
  /** Minutes without a word from either side after which the bot takes up again; 0: never. */
  return_to_bot_minutes: z.number().int().min(0).max(43_200),
  notify: z.object({
    emails: notifyFields.emails.default([]),
    webhook_url: notifyFields.webhook_url.default(null),
  }),
  /** Silence after which a burst is answered; null: the channel's own. */
  debounce_ms: z.number().int().min(0).max(60_000).nullable(),
  /** Conversations closed for more than so many days are deleted; 0: kept. */
  retention_days: z.number().int().min(0).max(36_500),
};

export const businessConfigSchema = z.object(fields);
/** A change: what is left out stays as it is, within `notify` too. */
export const businessChangeSchema = z.object({ ...fields, notify: z.object(notifyFields).partial() })
  .partial();

export type BusinessConfig = z.output<typeof businessConfigSchema>;
export type BusinessChange = z.input<typeof businessChangeSchema>;
