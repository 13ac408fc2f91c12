import { z } from "@hono/zod-openapi";
import { newTemplate, templateChange, templateSync } from "../../lib/messaging/mod.ts";
import { conversationSchema, messageSchema } from "../conversations/schemas.ts";
import { orderSchema, queuedSchema } from "../queue/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";

const tags = ["WhatsApp"];
const timeOrNull = z.iso.datetime().nullable().openapi({ example: null });

export const statusRoute = contract({
  method: "get",
  path: "/api/whatsapp/status",
  operationId: "whatsAppStatus",
  summary: "How each WhatsApp number of the workspace does",
  tags,
  scope: "channels:read",
  responses: {
    200: jsonAnswer(
      z.object({
        data: z.array(
          z.object({
            channel_account_id: z.string().openapi({ example: "cha_01kabcdefghjkmnpqrstvwxyz0" }),
            name: z.string().openapi({ example: "WhatsApp" }),
            transport: z.enum(["cloud"]).openapi({ example: "cloud" }),
            phone_number_id: z.string().nullable().openapi({ example: "106540352242922" }),
            business_account_id: z.string().nullable().openapi({ example: "102290129340398" }),
            state: z.enum(["connected", "paused", "disabled", "not_connected"]).openapi({
              example: "connected",
            }),
            reason: z.string().nullable().openapi({ example: null, description: "Why it is paused" }),
            until: timeOrNull,
            last_received_at: timeOrNull,
            last_sent_at: timeOrNull,
          }).openapi("WhatsAppNumber"),
        ),
        next_cursor: z.null(),
      }),
      "The numbers",
    ),
  },
});

export const sendRoute = contract({
  method: "post",
  path: "/api/whatsapp/send",
  operationId: "sendWhatsApp",
  summary: "Sends a message: queued at once, sent in its turn",
  tags,
  scope: "conversations:write",
  request: { body: jsonBody(orderSchema) },
  responses: {
    202: jsonAnswer(queuedSchema, "Queued"),
    ...problems("not_found", "conflict", "not_configured"),
  },
});

export const chatsRoute = contract({
  method: "get",
  path: "/api/whatsapp/chats",
  operationId: "listWhatsAppChats",
  summary: "WhatsApp conversations, the latest message first",
  tags,
  scope: "conversations:read",
  request: { query: pageQuery.extend({ q: z.string().max(200).optional().openapi({ example: "ana" }) }) },
  responses: { 200: jsonAnswer(pageOf(conversationSchema), "A page of conversations") },
});

export const chatMessagesRoute = contract({
  method: "get",
  path: "/api/whatsapp/chats/{id}/messages",
  operationId: "listWhatsAppMessages",
  summary: "Messages of one WhatsApp conversation, as /api/conversations/{id}/messages has them",
  tags,
  scope: "conversations:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(messageSchema), "A page of messages"), ...problems("not_found") },
});

const templateSchema = z.object({
  id: z.string().openapi({ example: "tpl_01kabcdefghjkmnpqrstvwxyz0" }),
  business_account_id: z.string().openapi({ example: "102290129340398" }),
  remote_id: z.string().openapi({ example: "900000001" }),
  name: z.string().openapi({ example: "order_ready" }),
  language: z.string().openapi({ example: "es_MX" }),
  category: z.string().openapi({ example: "UTILITY" }),
  status: z.string().openapi({ example: "APPROVED", description: "Only APPROVED ones can be sent" }),
  reason: z.string().nullable().openapi({ example: null }),
  quality: z.string().nullable().openapi({ example: "GREEN" }),
  components: z.array(z.record(z.string(), z.unknown())).openapi({
    example: [{ type: "BODY", text: "Su pedido {{1}} está listo." }],
  }),
  created_at: z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" }),
  updated_at: z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" }),
}).openapi("WhatsAppTemplate");

const template = jsonAnswer(templateSchema, "The template");
const upstream = problems("upstream_failed", "not_configured", "upstream_timeout");

export const listTemplatesRoute = contract({
  method: "get",
  path: "/api/whatsapp/templates",
  operationId: "listTemplates",
  summary: "Message templates as Meta last told of them",
  tags,
  scope: "channels:read",
  request: {
    query: pageQuery.extend({
      channel_account_id: z.string().max(64).optional().openapi({
        example: "cha_01kabcdefghjkmnpqrstvwxyz0",
      }),
      status: z.string().max(60).optional().openapi({ example: "APPROVED" }),
      name: z.string().max(512).optional().openapi({ example: "order_ready" }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(templateSchema), "A page of templates"), ...problems("not_found") },
});

export const createTemplateRoute = contract({
  method: "post",
  path: "/api/whatsapp/templates",
  operationId: "createTemplate",
  summary: "Hands a template in for Meta's review",
  tags,
  scope: "channels:write",
  request: { body: jsonBody(newTemplate) },
  responses: { 201: template, ...upstream },
});

export const syncTemplatesRoute = contract({
  method: "post",
  path: "/api/whatsapp/templates/sync",
  operationId: "syncTemplates",
  summary: "Asks Meta for all templates and makes ours like them",
  tags,
  scope: "channels:write",
  request: { body: { required: false, content: { "application/json": { schema: templateSync } } } },
  responses: {
    200: jsonAnswer(
      z.object({
        found: z.number().int().openapi({ example: 3 }),
        removed: z.number().int().openapi({ example: 0 }),
      }),
      "What was found",
    ),
    ...upstream,
  },
});

export const editTemplateRoute = contract({
  method: "patch",
  path: "/api/whatsapp/templates/{id}",
  operationId: "editTemplate",
  summary: "Replaces the parts of a template; Meta reviews it again",
  tags,
  scope: "channels:write",
  request: { params: idParam, body: jsonBody(templateChange.omit({ id: true })) },
  responses: { 200: template, ...problems("not_found"), ...upstream },
});

export const deleteTemplateRoute = contract({
  method: "delete",
  path: "/api/whatsapp/templates/{id}",
  operationId: "deleteTemplate",
  summary: "Deletes one language of a template, at Meta and here",
  tags,
  scope: "channels:write",
  request: { params: idParam },
  responses: { 204: { description: "Deleted" }, ...problems("not_found"), ...upstream },
});
