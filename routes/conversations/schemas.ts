import { z } from "@hono/zod-openapi";
import {
  CHANNELS,
  CONVERSATION_STATES,
  MESSAGE_KINDS,
  MESSAGE_STATES,
} from "../../lib/conversations/schemas.ts";
import { MOODS } from "../../lib/sentiment/mod.ts";
import { orNull } from "../router.ts";

const time = (description: string) =>
  z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z", description });
const timeOrNull = (description: string) =>
  z.iso.datetime().nullable().openapi({ example: null, description });

/** How a customer sounds. */
export const feltSchema = orNull(z.object({
  score: z.number().openapi({ example: -0.71, description: "From -1 to 1" }),
  mood: z.enum(MOODS).openapi({ example: "negative" }),
})).openapi({
  example: { score: -0.71, mood: "negative" },
  description: "How the customer's latest words sound; null: none were said",
});

export const contactRefSchema = z.object({
  id: z.string().openapi({ example: "con_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().nullable().openapi({ example: "Ana" }),
  locale: z.string().nullable().openapi({ example: "es" }),
  opted_out: z.boolean().openapi({ example: false, description: "Asked to be left alone: BAJA, STOP" }),
}).openapi("ContactRef");

export const conversationSchema = z.object({
  id: z.string().openapi({ example: "cnv_01kabcdefghjkmnpqrstvwxyz0" }),
  state: z.enum(CONVERSATION_STATES).openapi({
    example: "bot",
    description: "Who has the word; waiting: a person is wanted",
  }),
  contact: contactRefSchema,
  channel: z.enum(CHANNELS).openapi({ example: "web" }),
  channel_account_id: z.string().openapi({ example: "cha_01kabcdefghjkmnpqrstvwxyz0" }),
  assignee_id: z.string().nullable().openapi({ example: null, description: "The operator who took it" }),
  handover_reason: z.string().nullable().openapi({
    example: "phrase",
    description: "asked, phrase, no_answer or operator",
  }),
  waiting_since: timeOrNull("Since when somebody waits for a person"),
  return_at: timeOrNull("When it goes back to the bot by itself"),
  locale: z.string().nullable().openapi({ example: "es" }),
  last_message_at: time("When the last message came or went"),
  last_message_text: z.string().nullable().openapi({ example: "¿A qué hora abren?" }),
  unread: z.number().int().openapi({
    example: 2,
    description: "Incoming messages that no operator has read",
  }),
  window_until: timeOrNull("Until when WhatsApp lets us write freely"),
  sentiment: feltSchema,
  created_at: time("When it began"),
  closed_at: timeOrNull("When it was closed"),
}).openapi("Conversation");

export const attachmentSchema = z.object({
  id: z.string().openapi({ example: "att_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "factura.pdf" }),
  content_type: z.string().openapi({ example: "application/pdf" }),
  size: z.number().int().openapi({ example: 48213 }),
}).openapi("Attachment");

export const sourceSchema = z.object({
  entry_id: z.string().openapi({ example: "knw_01kabcdefghjkmnpqrstvwxyz0" }),
  title: z.string().openapi({ example: "¿Cuál es el horario?" }),
  quote: z.string().openapi({ example: "Abrimos de lunes a viernes de 9:00 a 18:00." }),
  score: z.number().openapi({ example: 0.82 }),
}).openapi("AnswerSource");

export const messageSchema = z.object({
  id: z.string().openapi({ example: "msg_01kabcdefghjkmnpqrstvwxyz0" }),
  conversation_id: z.string().openapi({ example: "cnv_01kabcdefghjkmnpqrstvwxyz0" }),
  direction: z.enum(["in", "out"]).openapi({ example: "in", description: "in: from the customer" }),
  kind: z.enum(MESSAGE_KINDS).openapi({ example: "text" }),
  text: z.string().openapi({ example: "¿A qué hora abren?" }),
  state: z.enum(MESSAGE_STATES).openapi({ example: "received" }),
  state_reason: z.string().nullable().openapi({ example: null }),
  author: z.enum(["customer", "bot", "operator", "system"]).openapi({ example: "customer" }),
  external_id: z.string().nullable().openapi({
    example: "a1b2",
    description: "The sender's own id; `client_id` in the web chat",
  }),
  origin: z.string().nullable().openapi({
    example: "knowledge",
    description: "What wrote an answer: knowledge, or provider:model",
  }),
  sources: z.array(sourceSchema).openapi({ description: "What an answer rests on" }),
  attachments: z.array(attachmentSchema),
  rating: z.object({
    helpful: z.boolean().openapi({ example: true }),
    comment: z.string().nullable().openapi({ example: null }),
  }).nullable().openapi({ example: null, description: "The customer's judgement of an answer" }),
  created_at: time("When it was stored"),
}).openapi("Message");

export const acceptedSchema = z.object({
  conversation_id: z.string().openapi({ example: "cnv_01kabcdefghjkmnpqrstvwxyz0" }),
  message_id: z.string().openapi({ example: "msg_01kabcdefghjkmnpqrstvwxyz0" }),
  duplicate: z.boolean().openapi({
    example: false,
    description: "True when this message was received before",
  }),
}).openapi("AcceptedMessage");

export const fileForm = z.object({
  file: z.custom<File>((value) => value instanceof File, { error: "must be a file" })
    .openapi({ type: "string", format: "binary", example: "(the bytes)", description: "The file" }),
  text: z.string().max(10_000).optional().openapi({ example: "Mi comprobante", description: "A caption" }),
  client_id: z.string().min(1).max(128).optional().openapi({
    example: "f1a2",
    description: "Makes a retry one message",
  }),
});

export const fileAnswer = {
  description: "The file, always as a download",
  content: { "application/octet-stream": { schema: z.any().openapi({ type: "string", format: "binary" }) } },
} as const;
