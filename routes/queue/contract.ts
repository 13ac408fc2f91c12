import { z } from "@hono/zod-openapi";
import { MESSAGE_STATES } from "../../lib/conversations/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { orderSchema, queuedDetailSchema, queuedSchema, statsSchema } from "./schemas.ts";

const tags = ["Message queue"];

export const listQueueRoute = contract({
  method: "get",
  path: "/api/queue/messages",
  operationId: "listQueuedMessages",
  summary: "Outgoing WhatsApp messages, the newest first, each with what it waits for",
  tags,
  scope: "conversations:read",
  request: {
    query: pageQuery.extend({
      state: z.enum(MESSAGE_STATES).optional().openapi({ example: "held" }),
      conversation_id: z.string().max(64).optional().openapi({ example: "cnv_01kabcdefghjkmnpqrstvwxyz0" }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(queuedSchema), "A page of messages") },
});

export const enqueueRoute = contract({
  method: "post",
  path: "/api/queue/messages",
  operationId: "enqueueMessage",
  summary: "Puts a message into the queue, to go out now or at a time",
  tags,
  scope: "conversations:write",
  request: { body: jsonBody(orderSchema) },
  responses: {
    202: jsonAnswer(queuedSchema, "Queued"),
    ...problems("not_found", "conflict", "not_configured"),
  },
});

export const queueStatsRoute = contract({
  method: "get",
  path: "/api/queue/stats",
  operationId: "queueStats",
  summary: "How many outgoing messages are in each state",
  tags,
  scope: "conversations:read",
  responses: { 200: jsonAnswer(statsSchema, "The counts") },
});

export const getQueuedRoute = contract({
  method: "get",
  path: "/api/queue/messages/{id}",
  operationId: "getQueuedMessage",
  summary: "One message and every try to send it",
  tags,
  scope: "conversations:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(queuedDetailSchema, "The message"), ...problems("not_found") },
});

export const cancelQueuedRoute = contract({
  method: "post",
  path: "/api/queue/messages/{id}/cancel",
  operationId: "cancelQueuedMessage",
  summary: "Takes a message out of the queue",
  tags,
  scope: "conversations:write",
  request: { params: idParam },
  responses: { 200: jsonAnswer(queuedSchema, "The message"), ...problems("not_found", "conflict") },
});

export const retryQueuedRoute = contract({
  method: "post",
  path: "/api/queue/messages/{id}/retry",
  operationId: "retryQueuedMessage",
  summary: "Sends a held, failed or cancelled message once more",
  tags,
  scope: "conversations:write",
  request: { params: idParam },
  responses: { 202: jsonAnswer(queuedSchema, "Queued again"), ...problems("not_found", "conflict") },
});
