import { z } from "@hono/zod-openapi";
import {
  channelField,
  DELIVERY_STATES,
  keyField,
  messageField,
  NOTIFY_CHANNELS,
  PRIORITIES,
  priorityField,
  recipientField,
  subjectField,
} from "../../lib/notifications/schemas.ts";
import { localeField } from "../../lib/identity/schemas.ts";
import { documented } from "../router.ts";

export const time = (description: string) =>
  z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z", description });
export const timeOrNull = (description: string) =>
  z.iso.datetime().nullable().openapi({ example: null, description });
const textOrNull = (example: string | null, description: string) =>
  z.string().nullable().openapi({ example, description });

export const deliverySchema = z.object({
  id: z.string().openapi({ example: "dlv_01kabcdefghjkmnpqrstvwxyz0" }),
  notification_id: z.string().openapi({ example: "ntf_01kabcdefghjkmnpqrstvwxyz0" }),
  channel: z.enum(NOTIFY_CHANNELS).openapi({ example: "email" }),
  recipient: z.string().openapi({ example: "ana@example.com" }),
  user_id: textOrNull(null, "The user who is told"),
  contact_id: textOrNull("con_01kabcdefghjkmnpqrstvwxyz0", "The contact who is told"),
  template: textOrNull("ticket.assigned", "null: free words"),
  category: z.string().openapi({ example: "tickets" }),
  priority: z.enum(PRIORITIES).openapi({ example: "normal" }),
  subject_id: textOrNull("tkt_01kabcdefghjkmnpqrstvwxyz0", "What it is about"),
  subject: textOrNull("Su visita de mañana", "The subject, where the channel has one"),
  message: z.string().openapi({ example: "Lo esperamos a las 10:00." }),
  state: z.enum(DELIVERY_STATES).openapi({
    example: "sent",
    description: "outcome_unknown: nobody knows whether it arrived; only a person sends it again",
  }),
  state_reason: textOrNull(null, "Why it was skipped or failed, or waits"),
  provider: textOrNull("smtp", "Who has it, or was tried last"),
  external_id: textOrNull(null, "The provider's id of it"),
  attempts: z.number().int().openapi({ example: 1 }),
  next_try_at: timeOrNull("Not to be sent before"),
  created_at: time("When it was written"),
  state_at: time("When its state last changed"),
  sent_at: timeOrNull("When a provider took it"),
  delivered_at: timeOrNull("When it arrived, where that is told"),
  read_at: timeOrNull("When it was read, where that is told"),
}).openapi("NotificationDelivery");

const deliveryTrySchema = z.object({
  number: z.number().int().openapi({ example: 1 }),
  provider: z.string().openapi({ example: "smtp" }),
  started_at: time("When it began"),
  ended_at: timeOrNull("When it ended"),
  outcome: textOrNull(
    "accepted",
    "accepted, refused, again (tried once more), unknown, not_begun; null: it runs",
  ),
  reason: textOrNull(null, "Class of failure"),
  vendor_code: textOrNull(null, "The provider's own code"),
  detail: textOrNull(null, "What the provider said"),
}).openapi("NotificationTry");

export const deliveryDetailSchema = deliverySchema.extend({ tries: z.array(deliveryTrySchema) }).openapi(
  "NotificationDeliveryDetail",
);

export const sendSchema = z.object({
  channel: documented(channelField).openapi({ example: "email" }),
  recipient: documented(recipientField).openapi({
    example: "ana@example.com",
    description:
      "E-mail address, phone with country code (sms, whatsapp), endpoint or address (webhook), name of a chat address (slack, teams, discord), or the id of a contact or a user",
  }),
  subject: subjectField.optional().openapi({ example: "Su visita de mañana" }),
  message: documented(messageField).openapi({ example: "Lo esperamos a las 10:00." }),
  priority: priorityField.optional().openapi({
    example: "normal",
    description: "Orders the queue: a critical one overtakes whatever waits",
  }),
  category: z.string().min(1).max(60).regex(/^[a-z0-9_.-]+$/, "may have a-z, 0-9, dot, _ and -").optional()
    .openapi({ example: "visits", description: "What users mute or keep" }),
  key: keyField.optional().openapi({
    example: "visit-4711-reminder",
    description: "The same key again is the same notification",
  }),
  locale: localeField.optional().openapi({ example: "es" }),
}).openapi("SendNotification");

export const inboxSchema = z.object({
  id: z.string().openapi({ example: "dlv_01kabcdefghjkmnpqrstvwxyz0" }),
  category: z.string().openapi({ example: "tickets" }),
  priority: z.enum(PRIORITIES).openapi({ example: "normal" }),
  subject_id: textOrNull("tkt_01kabcdefghjkmnpqrstvwxyz0", "What it is about"),
  subject: textOrNull("Le asignaron un ticket", "The headline"),
  message: z.string().openapi({ example: "No enciende la impresora" }),
  created_at: time("When it came"),
  read_at: timeOrNull("When it was read"),
}).openapi("InboxNotification");

export const unreadSchema = z.object({
  unread: z.number().int().openapi({ example: 3 }),
  more: z.boolean().openapi({ example: false, description: "There are more than are counted" }),
}).openapi("UnreadNotifications");

export const readAllSchema = z.object({
  read: z.number().int().openapi({ example: 3, description: "How many were unread" }),
}).openapi("NotificationsRead");
