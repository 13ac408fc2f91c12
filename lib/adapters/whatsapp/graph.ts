import { z } from "zod";
import { AppError, invalid } from "../../kernel/errors.ts";
import type { SendOptions, WhatsAppGraph } from "../../ports/whatsapp.ts";
import { outgoingContent, WHATSAPP_LIMITS } from "../../ports/whatsapp-content.ts";
import { businessOf, numberOf, successSchema } from "./account.ts";
import { createGraphCall, type GraphOptions } from "./call.ts";
import { createMedia, type MediaOptions } from "./media.ts";
import { createTemplates } from "./templates.ts";
import { toWire } from "./wire.ts";

export interface WhatsAppGraphOptions extends GraphOptions, MediaOptions {}

const acceptedSchema = z.object({
  messages: z.array(z.object({ id: z.string().min(1), message_status: z.string().optional() })).min(1),
  contacts: z.array(z.object({ wa_id: z.string().optional(), user_id: z.string().optional() })).default([]),
});

const word = z.string().nullish().transform((text) => text ?? null).catch(null);
const numberSchema = z.object({
  id: z.string(),
  display_phone_number: z.string().default(""),
  verified_name: word,
  quality_rating: word,
  status: word,
  name_status: word,
  code_verification_status: word,
  messaging_limit_tier: word,
  account_mode: word,
  throughput: z.object({ level: word }).nullish(),
});
const NUMBER_FIELDS = Object.keys(numberSchema.shape).join(",");

const appsSchema = z.object({
  data: z.array(z.object({
    whatsapp_business_api_data: z.object({ id: z.string(), name: z.string().default("") }),
  })),
});

const seconds = z.number().nullish().transform((value) => value ? value * 1000 : null);
const tokenSchema = z.object({
  data: z.object({
    is_valid: z.boolean(),
    app_id: z.union([z.string(), z.number()]).nullish(),
    scopes: z.array(z.string()).default([]),
    expires_at: seconds,
    data_access_expires_at: seconds,
    error: z.object({ message: z.string() }).nullish(),
  }),
});

/** Meta's Graph API over `fetch`. https://developers.facebook.com/documentation/business-messaging/whatsapp */
export function createWhatsAppGraph(
  options: WhatsAppGraphOptions,
  { fetch }: { fetch: typeof globalThis.fetch },
): WhatsAppGraph {
  const call = createGraphCall(options, { fetch });

  return {
    async send(account, payload, { callbackData, signal }: SendOptions) {
      if (callbackData.length > WHATSAPP_LIMITS.callbackData) {
        throw invalid("callback_data", "is too long");
      }
      const checked = { ...payload, content: checkContent(payload.content) };
      const { messages: [message], contacts: [contact] } = await call(account, {
        method: "POST",
        path: `${numberOf(account)}/messages`,
        body: toWire(checked, callbackData),
        answer: acceptedSchema,
        signal,
        once: true,
      });
      return {
        messageId: message?.id ?? "",
        waId: contact?.wa_id ?? null,
        userId: contact?.user_id ?? null,
        status: message?.message_status ?? null,
      };
    },

    async markRead(account, messageId, { typing = false, signal } = {}) {
      await call(account, {
        method: "POST",
        path: `${numberOf(account)}/messages`,
        body: {
          messaging_product: "whatsapp",
          status: "read",
          message_id: messageId,
          ...(typing ? { typing_indicator: { type: "text" } } : {}),
        },
        answer: successSchema,
        signal,
      });
    },

    ...createMedia(options, { fetch, call }),
    templates: createTemplates(call),

    async numberInfo(account, { signal } = {}) {
      const { display_phone_number, throughput, ...found } = await call(account, {
        method: "GET",
        path: numberOf(account),
        query: { fields: NUMBER_FIELDS },
        answer: numberSchema,
        signal,
      });
      return {
        id: found.id,
        displayPhoneNumber: display_phone_number,
        verifiedName: found.verified_name,
        qualityRating: found.quality_rating,
        status: found.status,
        nameStatus: found.name_status,
        codeVerificationStatus: found.code_verification_status,
        messagingLimitTier: found.messaging_limit_tier,
        throughputLevel: throughput?.level ?? null,
        accountMode: found.account_mode,
      };
    },

    async subscribedApps(account, { signal } = {}) {
      const path = `${businessOf(account)}/subscribed_apps`;
      const { data } = await call(account, { method: "GET", path, answer: appsSchema, signal });
      return data.map(({ whatsapp_business_api_data: { id, name } }) => ({ id, name }));
    },

    async subscribe(account, { signal } = {}) {
      const path = `${businessOf(account)}/subscribed_apps`;
      await call(account, { method: "POST", path, answer: successSchema, signal });
    },

    async debugToken(account, { signal } = {}) {
      const { data } = await call(account, {
        method: "GET",
        path: "debug_token",
        query: { input_token: account.accessToken },
        answer: tokenSchema,
        signal,
      });
      const appId = data.app_id === null || data.app_id === undefined ? null : String(data.app_id);
      const { is_valid: valid, scopes, expires_at: expiresAt } = data;
      return {
        valid,
        appId,
        scopes,
        expiresAt,
        dataAccessExpiresAt: data.data_access_expires_at,
        problem: data.error?.message ?? null,
      };
    },
  };
}

function checkContent(content: unknown) {
  const parsed = outgoingContent.safeParse(content);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: ["content", ...path].join("."),
    message,
  }));
  const [first] = errors;
  throw new AppError(
    "validation_failed",
    `${first?.path ?? "content"}: ${first?.message ?? "is not valid"}`,
    {
      errors,
    },
  );
}
