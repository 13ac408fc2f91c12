import { z } from "@hono/zod-openapi";
import { CHANNELS } from "../../lib/conversations/schemas.ts";
import { MOODS } from "../../lib/sentiment/mod.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { acceptedSchema, conversationSchema, fileAnswer, fileForm, messageSchema } from "./schemas.ts";

const tags = ["Conversations"];
const conversation = jsonAnswer(conversationSchema, "The conversation as it is now");

export const listConversationsRoute = contract({
  method: "get",
  path: "/api/conversations",
  operationId: "listConversations",
  summary: "Conversations, the latest message first",
  tags,
  scope: "conversations:read",
  request: {
    query: pageQuery.extend({
      state: z.enum(["bot", "waiting", "human", "closed", "open"]).optional()
        .openapi({ example: "waiting", description: "open: all but closed" }),
      channel: z.enum(CHANNELS).optional().openapi({ example: "web" }),
      contact_id: z.string().max(64).optional().openapi({ example: "con_01kabcdefghjkmnpqrstvwxyz0" }),
      mood: z.enum(MOODS).optional().openapi({
        example: "negative",
        description: "How the customer's latest words sound",
      }),
      q: z.string().max(200).optional().openapi({
        example: "Ana",
        description: "In the contact's name or the last message",
      }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(conversationSchema), "A page of conversations") },
});

export const createConversationRoute = contract({
  method: "post",
  path: "/api/conversations",
  operationId: "sendAsCustomer",
  summary: "A customer's message over the API channel; the answer arrives as an event and in the messages",
  tags,
  scope: "conversations:write",
  request: {
    body: jsonBody(z.object({
      contact: z.object({
        external_id: z.string().min(1).max(200).openapi({ example: "customer-42" }),
        name: z.string().max(200).nullish().openapi({ example: "Ana" }),
        locale: z.string().max(35).nullish().openapi({ example: "es" }),
      }),
      text: z.string().min(1).openapi({ example: "¿A qué hora abren?" }),
      external_message_id: z.string().min(1).max(200).optional()
        .openapi({ example: "order-chat-1", description: "The same id again is the same message" }),
    })),
  },
  responses: {
    202: jsonAnswer(acceptedSchema, "Received; it will be answered"),
    ...problems("payload_too_large"),
  },
});

export const countConversationsRoute = contract({
  method: "get",
  path: "/api/conversations/counts",
  operationId: "countConversations",
  summary: "How many conversations are in each state, and how many messages are unread",
  tags,
  scope: "conversations:read",
  responses: {
    200: jsonAnswer(
      z.object({
        bot: z.number().int().openapi({ example: 12 }),
        waiting: z.number().int().openapi({ example: 1 }),
        human: z.number().int().openapi({ example: 3 }),
        unread: z.number().int().openapi({
          example: 4,
          description: "Unread messages of open conversations",
        }),
      }).openapi("ConversationCounts"),
      "The counts",
    ),
  },
});

export const getConversationRoute = contract({
  method: "get",
  path: "/api/conversations/{id}",
  operationId: "getConversation",
  summary: "One conversation",
  tags,
  scope: "conversations:read",
  request: { params: idParam },
  responses: { 200: conversation, ...problems("not_found") },
});

export const listMessagesRoute = contract({
  method: "get",
  path: "/api/conversations/{id}/messages",
  operationId: "listMessages",
  summary:
    "Messages in the order of time; the first page holds the latest, `next_cursor` leads to older ones",
  tags,
  scope: "conversations:read",
  request: {
    params: idParam,
    query: pageQuery.extend({
      after: z.string().max(64).optional().openapi({
        example: "msg_01kabcdefghjkmnpqrstvwxyz0",
        description: "Only messages after this id; then `cursor` is not used",
      }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(messageSchema), "A page of messages"), ...problems("not_found") },
});

export const replyRoute = contract({
  method: "post",
  path: "/api/conversations/{id}/reply",
  operationId: "reply",
  summary: "An operator's answer; takes the conversation over when nobody has it",
  tags,
  scope: "conversations:write",
  request: {
    params: idParam,
    body: jsonBody(z.object({ text: z.string().min(1).openapi({ example: "Con gusto, abrimos a las 9." }) })),
  },
  responses: {
    201: jsonAnswer(messageSchema, "The message that was sent"),
    ...problems("not_found", "conflict", "payload_too_large"),
  },
});

const change = (verb: string, operationId: string, summary: string) =>
  ({
    method: "post",
    path: `/api/conversations/{id}/${verb}`,
    operationId,
    summary,
    tags,
    scope: "conversations:write",
    request: { params: idParam },
    responses: { 200: conversation, ...problems("not_found", "conflict") },
  }) as const;

export const takeoverRoute = contract({
  ...change("takeover", "takeOver", "Takes the conversation from the bot, or from a colleague"),
  path: "/api/conversations/{id}/takeover",
});
export const releaseRoute = contract({
  ...change("release", "release", "Gives the conversation back to the bot"),
  path: "/api/conversations/{id}/release",
});
export const closeRoute = contract({
  ...change("close", "closeConversation", "Closes it; a new message of the customer begins a new one"),
  path: "/api/conversations/{id}/close",
});
export const readRoute = contract({
  ...change("read", "markRead", "Marks all its messages as read"),
  path: "/api/conversations/{id}/read",
});

export const replyWithFileRoute = contract({
  method: "post",
  path: "/api/conversations/{id}/attachments",
  operationId: "replyWithFile",
  summary: "An operator's file with an optional caption",
  tags,
  scope: "conversations:write",
  request: {
    params: idParam,
    body: { required: true, content: { "multipart/form-data": { schema: fileForm } } },
  },
  responses: {
    201: jsonAnswer(messageSchema, "The message that carries the file"),
    ...problems("not_found", "conflict", "payload_too_large", "unsupported_media_type"),
  },
});

export const downloadRoute = contract({
  method: "get",
  path: "/api/attachments/{id}",
  operationId: "downloadAttachment",
  summary: "An attachment's bytes",
  tags,
  scope: "conversations:read",
  request: { params: idParam },
  responses: { 200: fileAnswer, ...problems("not_found") },
});
