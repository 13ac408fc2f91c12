import type { MediaKind, OutgoingContent } from "./whatsapp-content.ts";

export type { MediaKind, OutgoingContent } from "./whatsapp-content.ts";

/** A number of the business and the token that speaks for it. */
export interface WhatsAppAccount {
  readonly phoneNumberId: string;
  /** The WhatsApp Business Account (WABA); null: templates and subscriptions can't be asked for. */
  readonly businessAccountId: string | null;
  readonly accessToken: string;
}

/** A phone (digits, with the country code, a leading + is taken off) or a business-scoped id such as `US.1349...`. */
export type Recipient = { readonly phone: string } | { readonly userId: string };

export interface OutgoingPayload {
  readonly to: Recipient;
  readonly content: OutgoingContent;
  /** The wamid that it answers. */
  readonly replyTo?: string | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface SendOptions extends CallOptions {
  /** Comes back in every status of the message (`biz_opaque_callback_data`): our id of it. */
  readonly callbackData: string;
}

export interface Accepted {
  /** The wamid. Meta has it; it is not delivered yet. */
  readonly messageId: string;
  /** The phone as WhatsApp writes it; may differ from what was asked for (Argentina, Mexico, Brazil). */
  readonly waId: string | null;
  readonly userId: string | null;
  /** `accepted`, `held_for_quality_assessment`, `paused`; null: not said. */
  readonly status: string | null;
}

export interface MediaInfo {
  readonly id: string;
  /** Lives five minutes. */
  readonly url: string;
  readonly mimeType: string;
  /** Lower-case hex; null: not told. */
  readonly sha256: string | null;
  readonly size: number | null;
}

export interface MediaDownload {
  /** Errors with AppError `payload_too_large` past `maxBytes`, `upstream_failed` when it breaks off. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly contentType: string | null;
  readonly size: number | null;
}

export interface MediaUpload {
  readonly kind: MediaKind;
  readonly body: Blob;
  readonly mimeType: string;
  readonly filename: string;
}

export const TEMPLATE_CATEGORIES = ["MARKETING", "UTILITY", "AUTHENTICATION"] as const;
export type TemplateCategory = typeof TEMPLATE_CATEGORIES[number];

/** A part of a template as Meta writes it: `{type: "BODY", text: "Hi {{1}}", example: ...}`. */
export type TemplateComponent = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface TemplateDraft {
  readonly name: string;
  readonly language: string;
  readonly category: TemplateCategory;
  readonly components: readonly TemplateComponent[];
}

export interface RemoteTemplate {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly category: string;
  /** `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`...; only APPROVED ones can be sent. */
  readonly status: string;
  readonly rejectedReason: string | null;
  /** `GREEN`, `YELLOW`, `RED`, `UNKNOWN`; null: not told. */
  readonly quality: string | null;
  readonly components: readonly TemplateComponent[];
}

export interface NumberInfo {
  readonly id: string;
  readonly displayPhoneNumber: string;
  readonly verifiedName: string | null;
  /** `GREEN`, `YELLOW`, `RED`, `UNKNOWN`. */
  readonly qualityRating: string | null;
  /** `CONNECTED`, `FLAGGED`, `RESTRICTED`, `PENDING`... */
  readonly status: string | null;
  readonly nameStatus: string | null;
  readonly codeVerificationStatus: string | null;
  readonly messagingLimitTier: string | null;
  /** `STANDARD` is 80 messages a second, `HIGH` 1,000. */
  readonly throughputLevel: string | null;
  /** `LIVE` or `SANDBOX`. */
  readonly accountMode: string | null;
}

export interface TokenInfo {
  readonly valid: boolean;
  readonly appId: string | null;
  readonly scopes: readonly string[];
  /** UTC milliseconds; null: never. */
  readonly expiresAt: number | null;
  readonly dataAccessExpiresAt: number | null;
  /** Why it is not valid. */
  readonly problem: string | null;
}

/** The Meta app that the token belongs to, with the secret that signs its webhooks. */
export interface WhatsAppApp {
  readonly appId: string;
  readonly appSecret: string;
}

/** Where Meta sends an app's webhooks of one kind of object. */
export interface AppSubscription {
  /** WhatsApp's is `whatsapp_business_account`. */
  readonly object: string;
  readonly callbackUrl: string;
  readonly active: boolean;
  readonly fields: readonly string[];
}

/**
 * WhatsApp's Cloud API: one attempt a call, no retry of its own. Everything may throw AppError whose `extra` is a
 * `WhatsAppFailure` (read it with `whatsAppFailureOf`). Content over a limit throws `validation_failed` unsent.
 * No text of an error holds a token.
 */
export interface WhatsAppGraph {
  /**
   * There is no idempotency key. Class `outcome_unknown` means that Meta may have it: never send again before a
   * status with the same `callbackData` was waited for.
   */
  send(account: WhatsAppAccount, payload: OutgoingPayload, options: SendOptions): Promise<Accepted>;
  /** Marks the customer's message (and those before it) read; `typing` shows a typing sign for up to 25 seconds. */
  markRead(
    account: WhatsAppAccount,
    messageId: string,
    options?: CallOptions & { readonly typing?: boolean },
  ): Promise<void>;
  /** Resolves to the media id, good for 30 days. */
  uploadMedia(account: WhatsAppAccount, file: MediaUpload, options?: CallOptions): Promise<{ id: string }>;
  mediaInfo(account: WhatsAppAccount, id: string, options?: CallOptions): Promise<MediaInfo>;
  /** Only from Meta's own hosts, else `validation_failed`: the token goes along. `not_found`: ask for a new address. */
  downloadMedia(
    account: WhatsAppAccount,
    url: string,
    options: CallOptions & { readonly maxBytes: number },
  ): Promise<MediaDownload>;
  readonly templates: WhatsAppTemplates;
  numberInfo(account: WhatsAppAccount, options?: CallOptions): Promise<NumberInfo>;
  /** The apps that get the business account's webhooks. */
  subscribedApps(account: WhatsAppAccount, options?: CallOptions): Promise<{ id: string; name: string }[]>;
  /** Subscribes the token's own app. */
  subscribe(account: WhatsAppAccount, options?: CallOptions): Promise<void>;
  debugToken(account: WhatsAppAccount, options?: CallOptions): Promise<TokenInfo>;
  /** Class `auth` when the secret is not the app's. */
  appSubscriptions(app: WhatsAppApp, options?: CallOptions): Promise<readonly AppSubscription[]>;
  /** Tells Meta where to send the app's WhatsApp webhooks; Meta asks that address for the challenge first. */
  subscribeApp(
    app: WhatsAppApp,
    webhook: {
      readonly callbackUrl: string;
      readonly verifyToken: string;
      readonly fields: readonly string[];
    },
    options?: CallOptions,
  ): Promise<void>;
}

export interface WhatsAppTemplates {
  list(
    account: WhatsAppAccount,
    options?: CallOptions & { readonly after?: string; readonly limit?: number },
  ): Promise<{ readonly data: readonly RemoteTemplate[]; readonly next: string | null }>;
  create(
    account: WhatsAppAccount,
    draft: TemplateDraft,
    options?: CallOptions,
  ): Promise<Pick<RemoteTemplate, "id" | "status" | "category">>;
  edit(
    account: WhatsAppAccount,
    change: {
      readonly id: string;
      readonly components: readonly TemplateComponent[];
      readonly category?: TemplateCategory;
    },
    options?: CallOptions,
  ): Promise<void>;
  /** Without an id every language of the name goes. */
  delete(
    account: WhatsAppAccount,
    which: { readonly name: string; readonly id?: string },
    options?: CallOptions,
  ): Promise<void>;
}
