import { z } from "@hono/zod-openapi";
import {
  bulkRecipientField,
  categoryField,
  channelField,
  DELIVERY_STATES,
  keyField,
  messageField,
  MOST_RECIPIENTS,
  NOTIFY_CHANNELS,
  PRIORITIES,
  priorityField,
  recipientField,
  subjectField,
} from "../../lib/notifications/schemas.ts";
import { ROLE_NAMES } from "../../lib/kernel/scopes.ts";
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
  message: documented(messageField).optional().openapi({
    example: "Lo esperamos a las 10:00.",
    description: "The words; or else `template` and `data`",
  }),
  template: z.string().max(100).optional().openapi({
    example: "visit.reminder",
    description: "One of the workspace's templates",
  }),
  data: z.record(z.string().max(60), z.unknown()).optional().openapi({
    example: { name: "Ana" },
    description: "What fills the template",
  }),
  priority: priorityField.optional().openapi({
    example: "normal",
    description: "Orders the queue: a critical one overtakes whatever waits",
  }),
  category: categoryField.optional().openapi({ example: "visits", description: "What users mute or keep" }),
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

export const bulkSchema = z.object({
  channel: documented(channelField).openapi({ example: "email" }),
  recipients: z.array(bulkRecipientField).min(1).max(MOST_RECIPIENTS).openapi({
    example: ["ana@example.com", { recipient: "luis@example.com", data: { name: "Luis" } }],
    description: "Addresses of the channel, or ids of contacts or users; each is told once",
  }),
  subject: subjectField.optional().openapi({ example: "Cerramos el lunes" }),
  message: documented(messageField).openapi({
    example: "El lunes no abrimos.",
    description: "`{{name}}` is filled from each recipient's data",
  }),
  priority: priorityField.optional().openapi({ example: "low" }),
  category: categoryField.optional().openapi({ example: "news" }),
  key: keyField.optional().openapi({
    example: "closed-monday",
    description: "The same key again is the same call",
  }),
  locale: localeField.optional().openapi({ example: "es" }),
}).openapi("BulkNotification");

export const bulkStateSchema = z.object({
  id: z.string().openapi({ example: "ntf_01kabcdefghjkmnpqrstvwxyz0" }),
  channel: z.string().openapi({ example: "email" }),
  category: z.string().openapi({ example: "news" }),
  priority: z.enum(PRIORITIES).openapi({ example: "low" }),
  subject: textOrNull("Cerramos el lunes", "The subject, where the channel has one"),
  message: z.string().openapi({ example: "El lunes no abrimos." }),
  state: z.enum(["running", "done", "cancelled"]).openapi({ example: "running" }),
  total: z.number().int().openapi({ example: 100_000, description: "Recipients, each once" }),
  fanned_out: z.number().int().openapi({
    example: 40_000,
    description: "Those whose deliveries are written",
  }),
  states: z.partialRecord(z.enum(DELIVERY_STATES), z.number().int()).openapi({
    example: {
      pending: 2_000,
      sending: 50,
      sent: 37_000,
      delivered: 900,
      read: 0,
      failed: 30,
      skipped: 19,
      outcome_unknown: 1,
    },
  }),
  cancelled_at: timeOrNull("When it was cancelled"),
  created_at: time("When it was taken"),
}).openapi("BulkNotificationState");

export const announcementSchema = z.object({
  user_ids: z.array(z.string().max(64)).min(1).max(1000).optional().openapi({
    example: ["usr_01kabcdefghjkmnpqrstvwxyz0"],
    description: "Without them: everybody of `roles`, or of the workspace",
  }),
  roles: z.array(z.enum(ROLE_NAMES)).min(1).optional().openapi({ example: ["operator"] }),
  channels: z.array(channelField).min(1).max(NOTIFY_CHANNELS.length).optional().openapi({
    example: ["in_app", "email"],
  }),
  subject: subjectField.default("").openapi({ example: "Mantenimiento" }),
  message: documented(messageField).openapi({ example: "El sábado a las 22:00 no hay servicio." }),
  priority: priorityField.optional().openapi({ example: "high" }),
  key: keyField.optional().openapi({ example: "maintenance-2026-11-28" }),
}).openapi("Announcement");

export const announcedSchema = z.object({
  notification_id: z.string().openapi({ example: "ntf_01kabcdefghjkmnpqrstvwxyz0" }),
  users: z.number().int().openapi({ example: 12 }),
  deliveries: z.array(z.object({
    id: z.string().openapi({ example: "dlv_01kabcdefghjkmnpqrstvwxyz0" }),
    channel: z.enum(NOTIFY_CHANNELS).openapi({ example: "in_app" }),
    state: z.enum(DELIVERY_STATES).openapi({ example: "delivered" }),
    reason: textOrNull(null, "Why it was skipped, or waits"),
  })),
}).openapi("Announced");
