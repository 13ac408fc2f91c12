import { z } from "@hono/zod-openapi";
import { contract, idParam, jsonAnswer, jsonBody, orNull, pageOf, problems } from "../router.ts";
import {
  acceptedSchema,
  conversationSchema,
  fileAnswer,
  fileForm,
  messageSchema,
} from "../conversations/schemas.ts";

const tags = ["Web chat"];

const businessSchema = z.object({
  name: z.string().openapi({ example: "Café Aurora" }),
  greeting: z.string().openapi({ example: "¡Hola! Soy el asistente de Café Aurora." }),
  languages: z.array(z.string()).openapi({ example: ["es", "en"] }),
  open: z.boolean().openapi({ example: true, description: "Within business hours right now" }),
  opens_at: z.iso.datetime().nullable().openapi({
    example: null,
    description: "The next opening when closed",
  }),
  sample: z.boolean().openapi({ example: false, description: "True while it is the sample business" }),
}).openapi("ChatBusiness");

/** What a visitor may know of its own conversation: nothing about who works on it. */
const visitSchema = conversationSchema.pick({
  id: true,
  state: true,
  last_message_at: true,
  created_at: true,
})
  .openapi("ChatConversation");

/** A message as a visitor may see it: not which model wrote it, nor why it did not get through. */
export const chatMessageSchema = messageSchema.omit({ origin: true, state_reason: true })
  .openapi("ChatMessage");

const sessionSchema = z.object({
  contact_id: z.string().openapi({ example: "con_01kabcdefghjkmnpqrstvwxyz0" }),
  conversation: orNull(visitSchema).openapi({ description: "The open conversation, if there is one" }),
  business: businessSchema,
}).openapi("ChatSession");

export const openSessionRoute = contract({
  method: "post",
  path: "/api/chat/{key}/sessions",
  operationId: "openChatSession",
  summary:
    "Begins to visit a web chat; with a visitor's token of the same chat it goes on as the same visitor",
  tags,
  scope: null,
  request: {
    params: z.object({
      key: z.string().min(1).max(64).openapi({ param: { name: "key", in: "path" }, example: "default" }),
    }),
    body: jsonBody(z.object({
      name: z.string().max(200).nullish().openapi({ example: "Ana" }),
      locale: z.string().max(35).nullish().openapi({ example: "es", description: "The browser's language" }),
    })),
  },
  responses: {
    201: jsonAnswer(
      sessionSchema.extend({
        token: z.string().openapi({
          example: "eyJhbGciOi...",
          description: "Send it as Authorization: Bearer",
        }),
        expires_at: z.iso.datetime().openapi({ example: "2026-12-21T15:04:05.000Z" }),
      }).openapi("NewChatSession"),
      "The visitor's token and what to show",
    ),
    ...problems("not_found"),
  },
});

export const sessionRoute = contract({
  method: "get",
  path: "/api/chat/session",
  operationId: "getChatSession",
  summary: "The visitor's own open conversation and the business",
  tags,
  scope: "chat:visit",
  responses: { 200: jsonAnswer(sessionSchema, "What to show") },
});

export const visitorMessagesRoute = contract({
  method: "get",
  path: "/api/chat/messages",
  operationId: "listChatMessages",
  summary: "The visitor's own messages in the order of time: the latest ones, or those after an id",
  tags,
  scope: "chat:visit",
  request: {
    query: z.object({
      after: z.string().max(64).optional().openapi({
        example: "msg_01kabcdefghjkmnpqrstvwxyz0",
        description: "Only messages after this id",
      }),
      limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ example: 50 }),
      cursor: z.string().max(500).optional().openapi({
        example: "WyJtc2dfMDFrYWJjZGVmZ2hqa21ucHFyc3R2d3h5ejAiXQ",
        description: "`next_cursor` of the page before: older ones",
      }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(chatMessageSchema), "Messages") },
});

export const visitorSendRoute = contract({
  method: "post",
  path: "/api/chat/messages",
  operationId: "sendChatMessage",
  summary: "The visitor says something; the answer comes as the event `message.sent`",
  tags,
  scope: "chat:visit",
  request: {
    body: jsonBody(z.object({
      text: z.string().min(1).openapi({ example: "¿A qué hora abren?" }),
      client_id: z.string().min(1).max(128).optional()
        .openapi({ example: "7f9c", description: "The sender's own id: a retry under it is one message" }),
    })),
  },
  responses: {
    202: jsonAnswer(acceptedSchema, "Received; it will be answered"),
    ...problems("payload_too_large"),
  },
});

export const visitorFileRoute = contract({
  method: "post",
  path: "/api/chat/attachments",
  operationId: "sendChatFile",
  summary: "The visitor sends a file with an optional caption",
  tags,
  scope: "chat:visit",
  request: { body: { required: true, content: { "multipart/form-data": { schema: fileForm } } } },
  responses: {
    202: jsonAnswer(acceptedSchema, "Received"),
    ...problems("payload_too_large", "unsupported_media_type"),
  },
});

export const visitorDownloadRoute = contract({
  method: "get",
  path: "/api/chat/attachments/{id}",
  operationId: "downloadChatFile",
  summary: "A file of the visitor's own conversation",
  tags,
  scope: "chat:visit",
  request: { params: idParam },
  responses: { 200: fileAnswer, ...problems("not_found") },
});

export const rateRoute = contract({
  method: "post",
  path: "/api/chat/messages/{id}/rating",
  operationId: "rateAnswer",
  summary: "Says whether an answer helped; again replaces the judgement",
  tags,
  scope: "chat:visit",
  request: {
    params: idParam,
    body: jsonBody(z.object({
      helpful: z.boolean().openapi({ example: true }),
      comment: z.string().max(2000).nullish().openapi({ example: null }),
    })),
  },
  responses: {
    200: jsonAnswer(chatMessageSchema, "The message with its rating"),
    ...problems("not_found", "conflict"),
  },
});

export const visitorHandoverRoute = contract({
  method: "post",
  path: "/api/chat/handover",
  operationId: "askForPerson",
  summary: "The visitor wants a person",
  tags,
  scope: "chat:visit",
  responses: { 202: jsonAnswer(visitSchema, "The conversation, now waiting"), ...problems("conflict") },
});
