import { z } from "@hono/zod-openapi";
import { bulkChange, fileComment, mergeInput, newLink, splitInput } from "../../lib/tickets/mod.ts";
import { fileAnswer } from "../conversations/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, problems } from "../router.ts";
import { ifMatch } from "../versions.ts";
import { commentSchema, ticketSchema } from "./schemas.ts";
import {
  assignmentSchema,
  bulkSchema,
  linksSchema,
  ticketStatsSchema,
  ticketSurveySchema,
  watchersSchema,
} from "./schemas-more.ts";

const tags = ["Tickets"];
const ticket = jsonAnswer(ticketSchema, "The ticket as it is now; its ETag is the version");
const changed = problems("not_found", "conflict", "precondition_failed");

export const statsRoute = contract({
  method: "get",
  path: "/api/tickets/stats",
  operationId: "ticketStats",
  summary: "How the desk stands; each figure is exact up to 10,000",
  tags,
  scope: "tickets:read",
  responses: { 200: jsonAnswer(ticketStatsSchema, "The figures") },
});

export const bulkRoute = contract({
  method: "post",
  path: "/api/tickets/bulk",
  operationId: "changeTickets",
  summary: "Does the same to many tickets, all or none of it to each, and says of each what became of it",
  tags,
  scope: "tickets:write",
  request: { body: jsonBody(bulkChange) },
  responses: { 200: jsonAnswer(bulkSchema, "What became of each") },
});

export const assignRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/assign",
  operationId: "assignTicket",
  summary: "Gives it to the operator who is free and fits best; PUT with assignee_id gives it to one by name",
  tags,
  scope: "tickets:write",
  request: { params: idParam, headers: ifMatch },
  responses: { 200: ticket, ...changed },
});

export const explainRoute = contract({
  method: "get",
  path: "/api/tickets/{id}/assignment",
  operationId: "explainAssignment",
  summary: "Why the operator who has it got it, or why nobody could",
  tags,
  scope: "tickets:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(assignmentSchema, "The decision"), ...problems("not_found") },
});

export const mergeRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/merge",
  operationId: "mergeTicket",
  summary: "Puts it into another ticket and closes it; answers with the other one",
  tags,
  scope: "tickets:write",
  request: { params: idParam, headers: ifMatch, body: jsonBody(mergeInput) },
  responses: { 200: ticket, ...changed },
});

export const splitRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/split",
  operationId: "splitTicket",
  summary: "Makes a ticket of its own out of some of its comments",
  tags,
  scope: "tickets:write",
  request: { params: idParam, headers: ifMatch, body: jsonBody(splitInput) },
  responses: { 201: ticket, ...changed },
});

export const macroRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/macro",
  operationId: "applyMacro",
  summary: "Does what a macro says, all or none of it",
  tags,
  scope: "tickets:write",
  request: {
    params: idParam,
    headers: ifMatch,
    body: jsonBody(
      z.object({ macro_id: z.string().max(64).openapi({ example: "mac_01kabcdefghjkmnpqrstvwxyz0" }) }),
    ),
  },
  responses: { 200: ticket, ...changed },
});

export const listWatchersRoute = contract({
  method: "get",
  path: "/api/tickets/{id}/watchers",
  operationId: "listTicketWatchers",
  summary: "Who is told of what happens to it",
  tags,
  scope: "tickets:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(watchersSchema, "The watchers"), ...problems("not_found") },
});

const watcher = z.object({
  user_id: z.string().min(1).max(64).optional().openapi({
    example: "usr_01kabcdefghjkmnpqrstvwxyz0",
    description: "A member; left out: whoever calls",
  }),
});

export const watchRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/watchers",
  operationId: "watchTicket",
  summary: "A member watches it from now on",
  tags,
  scope: "tickets:write",
  request: { params: idParam, body: jsonBody(watcher) },
  responses: { 200: jsonAnswer(watchersSchema, "The watchers"), ...problems("not_found") },
});

export const unwatchRoute = contract({
  method: "delete",
  path: "/api/tickets/{id}/watchers",
  operationId: "unwatchTicket",
  summary: "A member watches it no longer",
  tags,
  scope: "tickets:write",
  request: { params: idParam, query: watcher },
  responses: { 200: jsonAnswer(watchersSchema, "The watchers"), ...problems("not_found") },
});

export const listLinksRoute = contract({
  method: "get",
  path: "/api/tickets/{id}/links",
  operationId: "listTicketLinks",
  summary: "What else belongs to the matter: tickets, conversations, calls, visits",
  tags,
  scope: "tickets:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(linksSchema, "The links"), ...problems("not_found") },
});

export const addLinkRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/links",
  operationId: "linkTicket",
  summary: "Another ticket, or a conversation, belongs to it",
  tags,
  scope: "tickets:write",
  request: { params: idParam, body: jsonBody(newLink) },
  responses: { 201: jsonAnswer(linksSchema, "The links"), ...problems("not_found") },
});

export const removeLinkRoute = contract({
  method: "delete",
  path: "/api/tickets/{id}/links/{target_id}",
  operationId: "unlinkTicket",
  summary: "Takes a link away",
  tags,
  scope: "tickets:write",
  request: {
    params: idParam.extend({
      target_id: z.string().min(1).max(64).openapi({
        param: { name: "target_id", in: "path" },
        example: "tkt_01kabcdefghjkmnpqrstvwxyz0",
      }),
    }),
  },
  responses: { 204: { description: "It is gone" }, ...problems("not_found") },
});

export const ticketSurveyRoute = contract({
  method: "get",
  path: "/api/tickets/{id}/survey",
  operationId: "getTicketSurvey",
  summary: "What the customer said of it",
  tags,
  scope: "tickets:read",
  request: { params: idParam },
  responses: {
    200: jsonAnswer(ticketSurveySchema, "The latest question and its answer"),
    ...problems("not_found"),
  },
});

const form = z.object({
  file: z.custom<File>((value) => value instanceof File, { error: "must be a file" })
    .openapi({ type: "string", format: "binary", example: "(the bytes)", description: "The file" }),
}).extend(fileComment.shape);

export const attachRoute = contract({
  method: "post",
  path: "/api/tickets/{id}/attachments",
  operationId: "attachToTicket",
  summary: "A comment with a file",
  tags,
  scope: "tickets:write",
  request: {
    params: idParam,
    headers: ifMatch,
    body: { required: true, content: { "multipart/form-data": { schema: form } } },
  },
  responses: {
    201: jsonAnswer(commentSchema, "The comment that has the file"),
    ...problems(
      "not_found",
      "conflict",
      "precondition_failed",
      "payload_too_large",
      "unsupported_media_type",
    ),
  },
});

export const ticketFileRoute = contract({
  method: "get",
  path: "/api/ticket-attachments/{id}",
  operationId: "downloadTicketAttachment",
  summary: "The bytes of a ticket's file",
  tags,
  scope: "tickets:read",
  request: { params: idParam },
  responses: { 200: fileAnswer, ...problems("not_found") },
});
