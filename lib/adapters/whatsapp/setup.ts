import { z } from "zod";
import { invalid } from "../../kernel/errors.ts";
import type { WhatsAppAccount, WhatsAppApp, WhatsAppGraph } from "../../ports/whatsapp.ts";
import { businessOf, numberOf, successSchema } from "./account.ts";
import type { GraphCall } from "./call.ts";

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
const subscriptionsSchema = z.object({
  data: z.array(z.object({
    object: z.string(),
    callback_url: z.string().default(""),
    active: z.boolean().default(false),
    fields: z.array(z.object({ name: z.string() })).default([]),
  })),
});

type Setup = Pick<
  WhatsAppGraph,
  "numberInfo" | "subscribedApps" | "subscribe" | "debugToken" | "appSubscriptions" | "subscribeApp"
>;

/** What connecting a number asks for. */
export function createSetup(call: GraphCall): Setup {
  return {
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

    async appSubscriptions(app, { signal } = {}) {
      const path = `${appOf(app)}/subscriptions`;
      const { data } = await call(asApp(app), { method: "GET", path, answer: subscriptionsSchema, signal });
      return data.map(({ object, callback_url, active, fields }) => ({
        object,
        callbackUrl: callback_url,
        active,
        fields: fields.map(({ name }) => name),
      }));
    },

    async subscribeApp(app, { callbackUrl, verifyToken, fields }, { signal } = {}) {
      await call(asApp(app), {
        method: "POST",
        path: `${appOf(app)}/subscriptions`,
        body: {
          object: "whatsapp_business_account",
          callback_url: callbackUrl,
          verify_token: verifyToken,
          fields: fields.join(","),
        },
        answer: successSchema,
        signal,
      });
    },
  };
}

function appOf({ appId }: WhatsAppApp): string {
  if (/^\d{1,30}$/.test(appId)) return appId;
  throw invalid("app_id", "must be Meta's id of the app, digits only");
}

/** An app's own token is its id and its secret. */
function asApp({ appId, appSecret }: WhatsAppApp): WhatsAppAccount {
  return { phoneNumberId: "0", businessAccountId: null, accessToken: `${appId}|${appSecret}` };
}
