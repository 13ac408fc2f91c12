import type { EnclosedFile } from "./mail.ts";

/** The channels that a vendor's server carries. `in_app` and `whatsapp` need none of these. */
export const CARRIED_CHANNELS = ["email", "sms", "push", "webhook", "slack", "teams", "discord"] as const;
export type CarriedChannel = typeof CARRIED_CHANNELS[number];

/** What every channel is given. */
interface Common {
  /** Same id, same message: a provider with idempotency sends it once however often it is asked. */
  readonly id: string;
  readonly subject: string | null;
  readonly text: string;
}

export interface EmailMessage extends Common {
  readonly to: string;
  readonly html: string | null;
  /** Threading: the ids of mails, with their angle brackets. */
  readonly inReplyTo?: string | undefined;
  readonly references?: readonly string[] | undefined;
  readonly replyTo?: string | undefined;
  /** The sender's address, where it is not the installation's. */
  readonly from?: string | undefined;
  /** The name before the sender's address. */
  readonly fromName?: string | undefined;
  /** A person wrote it. */
  readonly byPerson?: boolean | undefined;
  readonly files?: readonly EnclosedFile[] | undefined;
}

export interface SmsMessage extends Common {
  /** E.164. */
  readonly to: string;
  /** Where the vendor tells what became of it; null: nowhere. */
  readonly statusUrl: string | null;
}

export interface PushMessage extends Common {
  readonly endpoint: string;
  /** The browser's keys, base64url. */
  readonly p256dh: string;
  readonly auth: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly urgency: "very-low" | "low" | "normal" | "high";
  readonly ttlSeconds: number;
}

export interface WebhookMessage extends Common {
  readonly url: string;
  /** `whsec_...`; while one is rotated out, both sign. */
  readonly secrets: readonly string[];
  /** The JSON text, as it is signed. */
  readonly body: string;
}

/** Slack, Teams and Discord: an address that is a secret, and words. */
export interface ChatMessage extends Common {
  readonly url: string;
  /** A link to open; null: none. */
  readonly link: string | null;
}

export interface CarriedMessages {
  readonly email: EmailMessage;
  readonly sms: SmsMessage;
  readonly push: PushMessage;
  readonly webhook: WebhookMessage;
  readonly slack: ChatMessage;
  readonly teams: ChatMessage;
  readonly discord: ChatMessage;
}

export interface Carried {
  /** The vendor's id of it; null: it gives none. */
  readonly externalId: string | null;
  /** `delivered` where the vendor's answer says that it arrived; else `sent`. */
  readonly state: "sent" | "delivered";
}

/**
 * One vendor of one channel: one attempt a call, no retry of its own. Throws AppError made by `notifyFailure` of
 * lib/ports/notify-failures.ts; what else it throws counts as outcome unknown. No text of an error holds a secret.
 */
export interface NotifyProvider<C extends CarriedChannel = CarriedChannel> {
  readonly name: string;
  readonly channel: C;
  /** True: the same `id` again is one message at the vendor, so a send of unknown outcome may be repeated. */
  readonly idempotent: boolean;
  send(message: CarriedMessages[C], options: { readonly signal: AbortSignal }): Promise<Carried>;
}

/** The providers of each channel in the order in which they are tried; empty: not configured. */
export type NotifyProviders = { readonly [C in CarriedChannel]: readonly NotifyProvider<C>[] };
