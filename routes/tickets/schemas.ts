import { z } from "@hono/zod-openapi";
import {
  COMMENT_AUTHORS,
  COMMENT_VISIBILITIES,
  TICKET_PRIORITIES,
  TICKET_SOURCES,
  TICKET_STATES,
} from "../../lib/tickets/schemas.ts";
import { feltSchema } from "../conversations/schemas.ts";
import { orNull, pageOf } from "../router.ts";
import { clockSchema } from "../sla/schemas.ts";

const time = (description: string) =>
  z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z", description });
const timeOrNull = (description: string) =>
  z.iso.datetime().nullable().openapi({ example: null, description });
const idOrNull = (description: string) => z.string().nullable().openapi({ example: null, description });

export const ticketSchema = z.object({
  id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  number: z.number().int().openapi({ example: 1042, description: "Counts from 1 in each workspace" }),
  reference: z.string().openapi({ example: "T-1042", description: "What people call it by" }),
  subject: z.string().openapi({ example: "El aire no enfría" }),
  description: z.string().openapi({ example: "Desde ayer no enfría y marca E4." }),
  state: z.enum(TICKET_STATES).openapi({ example: "open" }),
  priority: z.enum(TICKET_PRIORITIES).openapi({ example: "high" }),
  source: z.enum(TICKET_SOURCES).openapi({ example: "api" }),
  category_id: idOrNull("What kind of matter it is"),
  team_id: idOrNull("The team that it is with"),
  assignee_id: idOrNull("The operator who has it"),
  client_id: idOrNull("The client that it is for"),
  contact_id: idOrNull("The contact who asks"),
  conversation_id: idOrNull("Through which public comments go out"),
  labels: z.array(z.string()).openapi({ example: ["garantia"] }),
  fields: z.record(z.string(), z.unknown()).openapi({ example: {}, description: "Custom fields by key" }),
  locale: z.string().nullable().openapi({ example: "es", description: "The customer's language" }),
  sla_policy_id: idOrNull("By which promises are made; null: nothing is promised"),
  due_at: timeOrNull("The next promise of its SLA that runs"),
  overdue: z.boolean().openapi({ example: false }),
  scheduled_for: timeOrNull("When a scheduled one opens again"),
  first_response_at: timeOrNull("The first public answer of a person"),
  resolved_at: timeOrNull("When it was resolved"),
  closed_at: timeOrNull("When it was closed for good"),
  reopens: z.number().int().openapi({ example: 0, description: "How often it was opened again" }),
  missed_calls: z.number().int().openapi({
    example: 0,
    description: "Calls that nobody answered and that it is about",
  }),
  sentiment: feltSchema,
  merged_into: idOrNull("The ticket that it was merged into"),
  follows_id: idOrNull("The ticket that it goes on from"),
  version: z.number().int().openapi({ example: 3, description: "Also the ETag, for If-Match" }),
  created_by: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  created_at: time("When it was opened"),
  updated_at: time("When it last changed"),
}).openapi("Ticket");

export const historySchema = z.object({
  action: z.string().openapi({ example: "updated" }),
  actor_kind: z.string().openapi({ example: "user" }),
  actor_id: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  changes: z.record(z.string(), z.object({ from: z.unknown(), to: z.unknown() })).openapi({
    example: { state: { from: "new", to: "open" } },
    description: "Each field before and after",
  }),
  at: time("When it was done"),
}).openapi("TicketHistoryEntry");

export const ticketDetailSchema = ticketSchema.extend({
  history: z.array(historySchema).openapi({
    description: "The latest changes, the last first; /history has all",
  }),
  sla: z.array(clockSchema).openapi({ description: "What was promised about it, the first promise first" }),
}).openapi("TicketDetail");

export const commentSchema = z.object({
  id: z.string().openapi({ example: "cmt_01kabcdefghjkmnpqrstvwxyz0" }),
  ticket_id: z.string().openapi({ example: "tkt_01kabcdefghjkmnpqrstvwxyz0" }),
  visibility: z.enum(COMMENT_VISIBILITIES).openapi({ example: "public" }),
  author: z.enum(COMMENT_AUTHORS).openapi({ example: "operator" }),
  author_id: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  text: z.string().openapi({ example: "Le llamo hoy por la tarde." }),
  mentions: z.array(z.string()).openapi({
    example: ["usr_01kabcdefghjkmnpqrstvwxyz0"],
    description: "Members named by @username",
  }),
  message_id: z.string().nullable().openapi({
    example: null,
    description: "The message of the conversation that it is",
  }),
  attachments: z.array(
    z.object({
      id: z.string().openapi({ example: "att_01kabcdefghjkmnpqrstvwxyz0" }),
      name: z.string().openapi({ example: "factura.pdf" }),
      content_type: z.string().openapi({ example: "application/pdf" }),
      size: z.number().int().openapi({ example: 48213 }),
      href: z.string().openapi({
        example: "/api/ticket-attachments/att_01kabcdefghjkmnpqrstvwxyz0",
        description: "Where its bytes are",
      }),
    }).openapi("TicketFile"),
  ),
  created_at: time("When it was written"),
}).openapi("TicketComment");

const count = {
  count: z.number().int().openapi({ example: 10_000, description: "Exact up to 10,000" }),
  more: z.boolean().openapi({
    example: true,
    description:
      "There are more than that: 10,000+. What is rare among very many is not looked for to the end: there may be more",
  }),
};

export const cappedCount = z.object(count).openapi("CappedCount");

export const ticketPageSchema = pageOf(ticketSchema).extend({
  total: orNull(cappedCount).openapi({
    description: "Where with_total asks for it",
  }),
  search: orNull(
    z.object({
      ...count,
      order: z.enum(["newest", "relevance"]).openapi({
        example: "newest",
        description: "Relevance is ranked up to 10,000 hits; beyond that the newest come first",
      }),
    }).openapi("TicketSearch"),
  ).openapi({ description: "Of a search by words" }),
});
