import { z } from "@hono/zod-openapi";
import { CHANNELS } from "../../lib/conversations/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, problems } from "../router.ts";

const tags = ["Channels"];

const settings = z.record(z.string(), z.unknown()).openapi({
  example: { phone_number_id: "106540352242922", business_account_id: "102290129340398" },
  description:
    "WhatsApp: phone_number_id, business_account_id, messages_per_second, show_typing, window_template {name, language}",
});
const secrets = z.record(z.string().max(60), z.string().max(4000)).openapi({
  example: { access_token: "EAAG...", app_secret: "..." },
  description: "Never shown again. WhatsApp: access_token, app_secret, verify_token",
});
const name = z.string().min(1).max(120).openapi({ example: "Ventas" });

const channelSchema = z.object({
  id: z.string().openapi({ example: "cha_01kabcdefghjkmnpqrstvwxyz0" }),
  channel: z.enum(CHANNELS).openapi({ example: "whatsapp" }),
  name,
  key: z.string().openapi({
    example: "whatsapp:106540352242922",
    description: "Its name towards the outside",
  }),
  settings,
  has_secrets: z.boolean().openapi({ example: true }),
  enabled: z.boolean().openapi({ example: true }),
  created_at: z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" }),
}).openapi("Channel");

const one = jsonAnswer(channelSchema, "The channel");

export const listChannelsRoute = contract({
  method: "get",
  path: "/api/channels",
  operationId: "listChannels",
  summary: "The channels through which customers come",
  tags,
  scope: "channels:read",
  request: { query: z.object({ channel: z.enum(CHANNELS).optional() }) },
  responses: {
    200: jsonAnswer(z.object({ data: z.array(channelSchema), next_cursor: z.null() }), "All of them"),
  },
});

export const connectChannelRoute = contract({
  method: "post",
  path: "/api/channels",
  operationId: "connectChannel",
  summary: "Connects a channel; the first real one ends the sample business",
  tags,
  scope: "channels:write",
  request: {
    body: jsonBody(z.object({
      channel: z.enum(CHANNELS).openapi({ example: "whatsapp" }),
      name,
      settings: settings.optional(),
      secrets: secrets.optional(),
    })),
  },
  responses: { 201: one, ...problems("conflict") },
});

export const getChannelRoute = contract({
  method: "get",
  path: "/api/channels/{id}",
  operationId: "getChannel",
  summary: "One channel",
  tags,
  scope: "channels:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const changeChannelRoute = contract({
  method: "patch",
  path: "/api/channels/{id}",
  operationId: "changeChannel",
  summary: "Changes what is named of it: name, settings, secrets, on or off",
  tags,
  scope: "channels:write",
  request: {
    params: idParam,
    body: jsonBody(z.object({
      name: name.optional(),
      enabled: z.boolean().optional().openapi({ example: true }),
      settings: settings.optional(),
      secrets: secrets.optional(),
    })),
  },
  responses: { 200: one, ...problems("not_found", "conflict") },
});

export const disconnectChannelRoute = contract({
  method: "delete",
  path: "/api/channels/{id}",
  operationId: "disconnectChannel",
  summary: "Disconnects it and forgets its secrets; its conversations stay",
  tags,
  scope: "channels:write",
  request: { params: idParam },
  responses: { 204: { description: "Disconnected" }, ...problems("not_found", "conflict") },
});
