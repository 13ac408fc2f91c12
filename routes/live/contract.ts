import { z } from "@hono/zod-openapi";
import { contract, jsonAnswer, problems } from "../router.ts";

const tags = ["Live"];

/** Marks a route that checks the caller itself: users, keys and visitors share no scope. */
export function signedIn<R extends object>(route: R): R {
  return Object.assign(route, { security: [{ bearer: [] }, { api_key: [] }] });
}

export const issueTicketRoute = signedIn(contract({
  method: "post",
  path: "/api/live/tickets",
  operationId: "issueLiveTicket",
  summary:
    "A ticket for one stream, valid once and for 60 seconds, for browsers, which can't send a header there",
  tags,
  scope: null,
  responses: {
    201: jsonAnswer(
      z.object({
        ticket: z.string().openapi({ example: "n3J0w...", description: "Give it as ?ticket=" }),
        expires_at: z.iso.datetime().openapi({ example: "2026-11-21T15:05:05.000Z" }),
      }).openapi("LiveTicket"),
      "The ticket",
    ),
    ...problems("unauthorized"),
  },
}));

const cursor = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const streamQuery = z.object({
  ticket: z.string().max(200).optional().openapi({
    example: "n3J0w...",
    description: "Of POST /api/live/tickets; else send Authorization",
  }),
  last_event_id: cursor.optional()
    .openapi({
      example: 41,
      description: "The last event's `seq` that you have; without it the stream begins now",
    }),
  types: z.string().max(500).optional()
    .openapi({
      example: "message.received,ticket.*",
      description: "Only events of these types; `ticket.*` takes all that begin with `ticket.`, `*` all",
    }),
});

export const streamRoute = signedIn(contract({
  method: "get",
  path: "/api/events/stream",
  operationId: "streamEvents",
  summary: "Live events as server-sent events; resumes after Last-Event-ID with none missed and none twice",
  description:
    "Each event is one `data` line of JSON with `seq`, `type`, `subject_id`, `conversation_id`, `data` and " +
    "`at`. `ready` comes first and `beat` after 15 seconds of silence. A stream ends after the life of an access token: come back with the last id.",
  tags,
  scope: null,
  request: {
    query: streamQuery,
    headers: z.object({ "last-event-id": cursor.optional().openapi({ example: 41 }) }),
  },
  responses: {
    200: { description: "The stream", content: { "text/event-stream": { schema: z.string() } } },
    ...problems("unauthorized", "forbidden", "rate_limited", "busy"),
  },
}));

export const socketRoute = signedIn(contract({
  method: "get",
  path: "/api/ws",
  operationId: "openSocket",
  summary:
    "Live events over a WebSocket, in JSON frames; a visitor of the web chat may also speak through it",
  description:
    "The server sends `ready`, `event`, `beat`, `accepted`, `pong`, `error` and `bye`. The client may send " +
    "`{type: ping}`, `{type: subscribe, after, types?}` and, as a visitor, `{type: message, text, client_id}`.",
  tags,
  scope: null,
  request: { query: streamQuery },
  responses: {
    101: { description: "The socket" },
    ...problems("unauthorized", "forbidden", "rate_limited", "busy", "not_at_the_edge"),
  },
}));
