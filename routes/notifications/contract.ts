import { z } from "@hono/zod-openapi";
import { DELIVERY_STATES, NOTIFY_CHANNELS } from "../../lib/notifications/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import {
  announcedSchema,
  announcementSchema,
  bulkSchema,
  bulkStateSchema,
  deliveryDetailSchema,
  deliverySchema,
  inboxSchema,
  readAllSchema,
  sendSchema,
  unreadSchema,
} from "./schemas.ts";

const tags = ["Notifications"];

export const sendRoute = contract({
  method: "post",
  path: "/api/advanced/notifications/send",
  operationId: "sendNotification",
  summary: "Sends words to one address over one channel",
  tags,
  scope: "notifications:write",
  request: { body: jsonBody(sendSchema) },
  responses: { 202: jsonAnswer(deliverySchema, "On its way"), ...problems("conflict", "not_configured") },
});

export const historyRoute = contract({
  method: "get",
  path: "/api/advanced/notifications/history",
  operationId: "listNotificationDeliveries",
  summary: "Deliveries and what became of them, the newest first",
  tags,
  scope: "notifications:read",
  request: {
    query: pageQuery.extend({
      channel: z.enum(NOTIFY_CHANNELS).optional().openapi({ example: "email" }),
      state: z.enum(DELIVERY_STATES).optional().openapi({ example: "failed" }),
      notification_id: z.string().max(64).optional().openapi({ example: "ntf_01kabcdefghjkmnpqrstvwxyz0" }),
      recipient: z.string().max(2048).optional().openapi({ example: "ana@example.com" }),
      subject_id: z.string().max(64).optional().openapi({
        example: "tkt_01kabcdefghjkmnpqrstvwxyz0",
        description: "What they are about",
      }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(deliverySchema), "A page of deliveries") },
});

export const deliveryRoute = contract({
  method: "get",
  path: "/api/advanced/notifications/history/{id}",
  operationId: "getNotificationDelivery",
  summary: "One delivery and every try",
  tags,
  scope: "notifications:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(deliveryDetailSchema, "The delivery"), ...problems("not_found") },
});

export const resendRoute = contract({
  method: "post",
  path: "/api/advanced/notifications/history/{id}/resend",
  operationId: "resendNotificationDelivery",
  summary: "Sends a failed, skipped or doubtful delivery once more; a doubtful one may arrive twice",
  tags,
  scope: "notifications:write",
  request: { params: idParam },
  responses: { 202: jsonAnswer(deliverySchema, "On its way again"), ...problems("not_found", "conflict") },
});

export const inboxRoute = contract({
  method: "get",
  path: "/api/notifications",
  operationId: "listMyNotifications",
  summary: "What the caller was told in the app, the newest first; live by the event `notification.in_app`",
  tags,
  scope: "notifications:read",
  request: {
    query: pageQuery.extend({
      unread: z.enum(["true", "false"]).default("false").openapi({ example: "true" }),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(inboxSchema), "A page of notifications") },
});

export const unreadRoute = contract({
  method: "get",
  path: "/api/notifications/unread-count",
  operationId: "countMyUnreadNotifications",
  summary: "How many of them are unread",
  tags,
  scope: "notifications:read",
  responses: { 200: jsonAnswer(unreadSchema, "The count") },
});

export const readAllRoute = contract({
  method: "post",
  path: "/api/notifications/read-all",
  operationId: "readAllMyNotifications",
  summary: "Marks all of the caller's read",
  tags,
  scope: "notifications:read",
  responses: { 200: jsonAnswer(readAllSchema, "Marked") },
});

export const readRoute = contract({
  method: "post",
  path: "/api/notifications/{id}/read",
  operationId: "readMyNotification",
  summary: "Marks one of the caller's read",
  tags,
  scope: "notifications:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(inboxSchema, "The notification"), ...problems("not_found") },
});

export const bulkRoute = contract({
  method: "post",
  path: "/api/advanced/notifications/bulk",
  operationId: "sendBulkNotification",
  summary: "Sends the same words to up to 100,000 recipients; jobs write and send the deliveries",
  tags,
  scope: "notifications:write",
  request: { body: jsonBody(bulkSchema) },
  responses: { 202: jsonAnswer(bulkStateSchema, "Taken"), ...problems("conflict", "not_configured") },
});

export const bulksRoute = listContract({
  path: "/api/advanced/notifications/bulk",
  operationId: "listBulkNotifications",
  summary: "Notifications to many, the newest first",
  tags,
  scope: "notifications:read",
  query: {},
  item: bulkStateSchema,
  page: "A page of them",
});

export const bulkStateRoute = contract({
  method: "get",
  path: "/api/advanced/notifications/bulk/{id}",
  operationId: "getBulkNotification",
  summary: "How far a notification to many has come",
  tags,
  scope: "notifications:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(bulkStateSchema, "Its state"), ...problems("not_found") },
});

export const cancelBulkRoute = contract({
  method: "post",
  path: "/api/advanced/notifications/bulk/{id}/cancel",
  operationId: "cancelBulkNotification",
  summary: "What is not out yet stays in",
  tags,
  scope: "notifications:write",
  request: { params: idParam },
  responses: { 200: jsonAnswer(bulkStateSchema, "Cancelled"), ...problems("not_found", "conflict") },
});

export const announceRoute = contract({
  method: "post",
  path: "/api/admin/notifications",
  operationId: "announce",
  summary: "Tells people of the workspace: those named, those of some roles, or everybody",
  tags,
  scope: "members:write",
  request: { body: jsonBody(announcementSchema) },
  responses: { 202: jsonAnswer(announcedSchema, "On its way"), ...problems("conflict") },
});
