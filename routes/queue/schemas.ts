import { z } from "@hono/zod-openapi";
import { MESSAGE_KINDS, MESSAGE_STATES } from "../../lib/conversations/schemas.ts";
import { outgoingContent } from "../../lib/ports/whatsapp-content.ts";
import { orNull } from "../router.ts";

const time = (description: string) =>
  z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z", description });
const timeOrNull = (description: string) =>
  z.iso.datetime().nullable().openapi({ example: null, description });

export const waitingSchema = z.object({
  reason: z.string().openapi({
    example: "pair_pace",
    description:
      "scheduled, earlier_message, pair_pace, number_pace, outcome_unknown, person, sender, answer_of_whatsapp, or a class of failure with Meta's code",
  }),
  until: timeOrNull("Until when, where that is known"),
}).openapi("MessageWaiting");

export const queuedSchema = z.object({
  id: z.string().openapi({ example: "msg_01kabcdefghjkmnpqrstvwxyz0" }),
  conversation_id: z.string().openapi({ example: "cnv_01kabcdefghjkmnpqrstvwxyz0" }),
  channel_account_id: z.string().openapi({ example: "cha_01kabcdefghjkmnpqrstvwxyz0" }),
  contact: z.object({
    id: z.string().openapi({ example: "con_01kabcdefghjkmnpqrstvwxyz0" }),
    name: z.string().nullable().openapi({ example: "Ana" }),
  }),
  kind: z.enum(MESSAGE_KINDS).openapi({ example: "text" }),
  text: z.string().openapi({ example: "Su pedido está listo." }),
  state: z.enum(MESSAGE_STATES).openapi({ example: "pending" }),
  state_reason: z.string().nullable().openapi({ example: null }),
  waiting_for: orNull(waitingSchema).openapi({ description: "Why it is not out yet" }),
  external_id: z.string().nullable().openapi({ example: "wamid.HBgN", description: "WhatsApp's id of it" }),
  attempts: z.number().int().openapi({ example: 1 }),
  run_at: timeOrNull("Not to be sent before"),
  created_at: time("When it was stored"),
  state_at: time("When its state last changed"),
}).openapi("QueuedMessage");

export const attemptSchema = z.object({
  number: z.number().int().openapi({ example: 1 }),
  started_at: time("When it began"),
  ended_at: timeOrNull("When it ended"),
  outcome: z.string().nullable().openapi({
    example: "accepted",
    description: "accepted, refused, again (tried once more), unknown, not_begun; null: it runs",
  }),
  reason: z.string().nullable().openapi({ example: null }),
  error_code: z.number().int().nullable().openapi({ example: null, description: "Meta's code" }),
  error_detail: z.string().nullable().openapi({ example: null }),
  trace: z.string().nullable().openapi({ example: null, description: "Meta's fbtrace_id" }),
}).openapi("MessageAttempt");

export const queuedDetailSchema = queuedSchema.extend({ tries: z.array(attemptSchema) }).openapi(
  "QueuedMessageDetail",
);

export const statsSchema = z.object({
  states: z.record(z.string(), z.number().int()).openapi({ example: { pending: 2, sent: 40 } }),
  waiting: z.number().int().openapi({ example: 2, description: "pending, processing and retry together" }),
  oldest_due_at: timeOrNull("When the oldest message that is to be sent now was stored"),
}).openapi("QueueStats");

/** A message to queue: `text` is short for a content of type text. */
export const orderSchema = z.object({
  conversation_id: z.string().max(64).optional().openapi({
    example: "cnv_01kabcdefghjkmnpqrstvwxyz0",
    description: "A WhatsApp conversation; or name `to`",
  }),
  to: z.string().max(160).optional().openapi({
    example: "+525512345678",
    description: "A phone with its country code, or a business-scoped user id",
  }),
  channel_account_id: z.string().max(64).optional().openapi({
    example: "cha_01kabcdefghjkmnpqrstvwxyz0",
    description: "Which number sends to `to`; needed where several are connected",
  }),
  text: z.string().min(1).max(4096).optional().openapi({ example: "Su pedido está listo." }),
  content: outgoingContent.optional().openapi({
    description: "Template, buttons, list, media, place or reaction",
  }),
  reply_to: z.string().max(256).optional().openapi({
    example: "wamid.HBgNNTIxNTU1",
    description: "WhatsApp's id of the message that it answers",
  }),
  run_at: z.iso.datetime({ offset: true }).optional().openapi({
    example: "2026-11-21T15:04:05.000Z",
    description: "Not before this time, at most a year ahead",
  }),
}).refine(({ text, content }) => (text === undefined) !== (content === undefined), {
  message: "either text or content",
  path: ["text"],
}).refine(({ conversation_id, to }) => (conversation_id === undefined) !== (to === undefined), {
  message: "either conversation_id or to",
  path: ["to"],
});
