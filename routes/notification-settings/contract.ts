import { z } from "@hono/zod-openapi";
import {
  chatChannelField,
  chatNameField,
  preferenceField,
  quietField,
} from "../../lib/notifications/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, documented, idParam, jsonAnswer, jsonBody, orNull, problems } from "../router.ts";
import { time } from "../notifications/schemas.ts";

const tags = ["Notifications"];

const addressSchema = z.object({
  id: z.string().openapi({ example: "cad_01kabcdefghjkmnpqrstvwxyz0" }),
  channel: documented(chatChannelField).openapi({ example: "slack" }),
  name: z.string().openapi({ example: "default" }),
  created_at: time("When it was saved"),
}).openapi("ChatAddress");

export const addressesRoute = listContract({
  path: "/api/notifications/addresses",
  operationId: "listChatAddresses",
  summary:
    "Where the workspace is told in Slack, Teams and Discord; the addresses themselves are never shown",
  tags,
  scope: "notifications:read",
  query: {},
  item: addressSchema,
  page: "A page of names",
});

export const saveAddressRoute = contract({
  method: "post",
  path: "/api/notifications/addresses",
  operationId: "saveChatAddress",
  summary:
    "Keeps an incoming webhook of Slack, Teams or Discord under a name, in the place of the one before",
  tags,
  scope: "webhooks:write",
  request: {
    body: jsonBody(z.object({
      channel: documented(chatChannelField).openapi({ example: "slack" }),
      name: chatNameField.default("default").openapi({
        example: "default",
        description: "What a send names as its recipient; `default` is taken when it names none",
      }),
      url: z.string().min(1).max(2048).openapi({
        example: "https://hooks.slack.com/services/T000/B000/XXXX",
      }),
    })),
  },
  responses: { 201: jsonAnswer(addressSchema, "Kept") },
});

export const removeAddressRoute = contract({
  method: "delete",
  path: "/api/notifications/addresses/{id}",
  operationId: "removeChatAddress",
  summary: "Forgets an address",
  tags,
  scope: "webhooks:write",
  request: { params: idParam },
  responses: { 204: { description: "Forgotten" }, ...problems("not_found") },
});

export const pushKeyRoute = contract({
  method: "get",
  path: "/api/notifications/push/key",
  operationId: "pushKey",
  summary: "The key that a browser subscribes with (`applicationServerKey`)",
  tags,
  scope: "notifications:read",
  responses: {
    200: jsonAnswer(
      z.object({
        public_key: z.string().openapi({
          example: "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U",
        }),
      }).openapi("PushKey"),
      "The key",
    ),
    ...problems("not_configured"),
  },
});

const subscriptionSchema = z.object({
  id: z.string().openapi({ example: "psh_01kabcdefghjkmnpqrstvwxyz0" }),
  service: z.string().openapi({ example: "fcm.googleapis.com" }),
  user_agent: z.string().nullable().openapi({ example: "Mozilla/5.0" }),
  created_at: time("When it was subscribed"),
}).openapi("PushSubscription");

const base64url = (length: number) =>
  z.string().max(length + 2).regex(/^[A-Za-z0-9_-]+={0,2}$/, "must be base64url");

export const subscriptionsRoute = listContract({
  path: "/api/notifications/push/subscriptions",
  operationId: "listPushSubscriptions",
  summary: "The caller's browsers that are pushed to",
  tags,
  scope: "notifications:read",
  query: {},
  item: subscriptionSchema,
  page: "A page of subscriptions",
});

export const subscribeRoute = contract({
  method: "post",
  path: "/api/notifications/push/subscriptions",
  operationId: "subscribePush",
  summary: "Keeps a browser's subscription (what `PushSubscription.toJSON()` gives)",
  tags,
  scope: "notifications:read",
  request: {
    body: jsonBody(z.object({
      endpoint: z.string().min(1).max(2048).openapi({ example: "https://fcm.googleapis.com/fcm/send/abc" }),
      keys: z.object({
        p256dh: base64url(87).openapi({
          example: "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U",
        }),
        auth: base64url(22).openapi({ example: "k8JV6sjdbhAi1n3_LDBLvA" }),
      }),
    })),
  },
  responses: { 201: jsonAnswer(subscriptionSchema, "Subscribed"), ...problems("not_configured") },
});

export const unsubscribeRoute = contract({
  method: "delete",
  path: "/api/notifications/push/subscriptions/{id}",
  operationId: "unsubscribePush",
  summary: "Ends a subscription of the caller's",
  tags,
  scope: "notifications:read",
  request: { params: idParam },
  responses: { 204: { description: "Ended" }, ...problems("not_found") },
});

const peaceSchema = z.object({
  preferences: z.array(preferenceField).max(200).openapi({
    example: [{ category: "tickets", channel: "email", enabled: false }],
    description: "`*` stands for every category or channel; the rule that says most counts",
  }),
  quiet_hours: orNull(quietField).openapi({
    example: { timezone: "America/Mexico_City", from: "22:00", to: "07:00", days: ["sunday"] },
    description: "When mails, messages and pushes wait; `days` are quiet as a whole",
  }),
}).openapi("NotificationPreferences");

export const preferencesRoute = contract({
  method: "get",
  path: "/api/notifications/preferences",
  operationId: "getMyNotificationPreferences",
  summary: "What the caller wants to hear, when and over which channel",
  tags,
  scope: "notifications:read",
  responses: { 200: jsonAnswer(peaceSchema, "The preferences") },
});

export const setPreferencesRoute = contract({
  method: "put",
  path: "/api/notifications/preferences",
  operationId: "setMyNotificationPreferences",
  summary: "Takes the place of what was set before; critical notifications come all the same",
  tags,
  scope: "notifications:read",
  request: { body: jsonBody(peaceSchema) },
  responses: { 200: jsonAnswer(peaceSchema, "The preferences") },
});

export const contactPreferencesRoute = contract({
  method: "get",
  path: "/api/contacts/{id}/notification-preferences",
  operationId: "getContactNotificationPreferences",
  summary: "What a contact wants to hear, when and over which channel",
  tags,
  scope: "contacts:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(peaceSchema, "The preferences"), ...problems("not_found") },
});

export const setContactPreferencesRoute = contract({
  method: "put",
  path: "/api/contacts/{id}/notification-preferences",
  operationId: "setContactNotificationPreferences",
  summary: "Sets what a contact wants to hear",
  tags,
  scope: "contacts:write",
  request: { params: idParam, body: jsonBody(peaceSchema) },
  responses: { 200: jsonAnswer(peaceSchema, "The preferences"), ...problems("not_found") },
});
