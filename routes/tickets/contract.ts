import { z } from "@hono/zod-openapi";
import { newComment, newTicket, ticketChange, ticketFilter } from "../../lib/tickets/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { ifMatch } from "../versions.ts";
import {
  commentSchema,
  historySchema,
  ticketDetailSchema,
  ticketPageSchema,
  ticketSchema,
} from "./schemas.ts";

const tags = ["Tickets"];
const ticket = jsonAnswer(ticketSchema, "The ticket as it is now; its ETag is the version");

export const listTicketsRoute = contract({
  method: "get",
  path: "/api/tickets",
  operationId: "listTickets",
  summary: "Tickets, the newest first: list, filter, search",
  description:
    "A custom field filters by `custom.<key>=<value>`, such as `custom.modelo=H-200`; of a choice of several " +
    "one of them is enough. What is rare among very many tickets is looked for in steps: a page that is not full, or " +
    "empty, goes on where it has a `next_cursor`.",
  tags,
  scope: "tickets:read",
  request: {
    query: pageQuery.extend(ticketFilter.omit({ custom: true }).shape).extend({
      with_total: z.enum(["true", "false"]).optional().openapi({
        example: "true",
        description: "Say how many there are, counted to 10,000",
      }),
    }),
  },
  responses: { 200: jsonAnswer(ticketPageSchema, "A page of tickets") },
});

export const openTicketRoute = contract({
  method: "post",
  path: "/api/tickets",
  operationId: "openTicket",
  summary: "Opens a ticket",
  tags,
  scope: "tickets:write",
  request: { body: jsonBody(newTicket) },
  responses: { 201: ticket },
});

export const getTicketRoute = contract({
  method: "get",
  path: "/api/tickets/{id}",
  operationId: "getTicket",
  summary: "One ticket with its history",
  tags,
  scope: "tickets:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(ticketDetailSchema, "The ticket"), ...problems("not_found") },
});

export const updateTicketRoute = contract({
  method: "put",
  path: "/api/tickets/{id}",
  operationId: "updateTicket",
  summary: "Changes what is given of a ticket; what is left out stays",
  tags,
  scope: "tickets:write",
  request: { params: idParam, headers: ifMatch, body: jsonBody(ticketChange) },
  responses: { 200: ticket, ...problems("not_found", "conflict", "precondition_failed") },
});

export const ticketHistoryRoute = contract({
  method: "get",
  path: "/api/tickets/{id}/history",
  operationId: "listTicketHistory",
  summary: "Every change of a ticket, the latest first",
  tags,
  scope: "tickets:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(historySchema), "A page of changes"), ...problems("not_found") },
});

export const listCommentsRoute = contract({
  method: "get",
  path: "/api/tickets/{id}/comments",
  operationId: "listTicketComments",
  summary:
    "Comments in the order of time; the first page holds the latest, `next_cursor` leads to older ones",
  tags,
  scope: "tickets:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(commentSchema), "A page of comments"), ...problems("not_found") },
});

export const commentRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/comments",
  operationId: "commentTicket",
  summary: "Comments on a ticket; a public comment goes to the customer through its conversation",
  tags,
  scope: "tickets:write",
  request: { params: idParam, headers: ifMatch, body: jsonBody(newComment) },
  responses: {
    201: jsonAnswer(commentSchema, "The comment"),
    ...problems("not_found", "conflict", "precondition_failed"),
  },
});
