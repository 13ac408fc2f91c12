import { z } from "@hono/zod-openapi";
import { CALENDAR_STATES, newConnection } from "../../lib/connected-calendars/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, problems } from "../router.ts";

const tags = ["Visits"];
const EXAMPLE = "2026-11-21T15:04:05.000Z";
const timeOrNull = z.iso.datetime().nullable().openapi({ example: EXAMPLE });

const connectionSchema = z.object({
  id: z.string().openapi({ example: "ccl_01kabcdefghjkmnpqrstvwxyz0" }),
  operator_id: z.string().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Calendario personal" }),
  host: z.string().openapi({
    example: "calendar.example.com",
    description: "Where it is; the address itself is never shown",
  }),
  state: z.enum(CALENDAR_STATES).openapi({
    example: "ok",
    description: "waiting for the first look, ok, or failing: then the busy times are those of `read_at`",
  }),
  error: z.string().nullable().openapi({ example: null, description: "What went wrong at the last look" }),
  looked_at: timeOrNull,
  read_at: timeOrNull,
  next_look_at: z.iso.datetime().openapi({ example: EXAMPLE }),
  events: z.number().int().openapi({ example: 214 }),
  skipped_events: z.number().int().openapi({
    example: 0,
    description: "Events that could not be understood, or not wholly",
  }),
  created_at: z.iso.datetime().openapi({ example: EXAMPLE }),
}).openapi("ConnectedCalendar");

const one = jsonAnswer(connectionSchema, "The calendar");
const params = idParam.extend({
  calendar_id: z.string().min(1).max(64).openapi({
    param: { name: "calendar_id", in: "path" },
    example: "ccl_01kabcdefghjkmnpqrstvwxyz0",
  }),
});

export const listConnectionsRoute = contract({
  method: "get",
  path: "/api/operators/{id}/connected-calendars",
  operationId: "listConnectedCalendars",
  summary: "The calendars that say when an operator is busy, and how the last look at each went",
  tags,
  scope: "visits:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(pageOf(connectionSchema), "All of them"), ...problems("not_found") },
});

export const connectRoute = contract({
  method: "post",
  path: "/api/operators/{id}/connected-calendars",
  operationId: "connectCalendar",
  summary: "Connects a calendar by its iCalendar address: visits keep clear of what it says is taken",
  tags,
  scope: "visits:read",
  request: { params: idParam, body: jsonBody(newConnection) },
  responses: { 201: one, ...problems("not_found", "conflict") },
});

export const getConnectionRoute = contract({
  method: "get",
  path: "/api/operators/{id}/connected-calendars/{calendar_id}",
  operationId: "getConnectedCalendar",
  summary: "One connected calendar",
  tags,
  scope: "visits:read",
  request: { params },
  responses: { 200: one, ...problems("not_found") },
});

export const refreshRoute = contract({
  method: "post",
  path: "/api/operators/{id}/connected-calendars/{calendar_id}/refresh",
  operationId: "refreshConnectedCalendar",
  summary: "Has a calendar looked at now; every 15 minutes it is by itself",
  tags,
  scope: "visits:read",
  request: { params },
  responses: { 202: one, ...problems("not_found") },
});

export const disconnectRoute = contract({
  method: "delete",
  path: "/api/operators/{id}/connected-calendars/{calendar_id}",
  operationId: "disconnectCalendar",
  summary: "Forgets a calendar's address and every busy time that it gave",
  tags,
  scope: "visits:read",
  request: { params },
  responses: { 204: { description: "Disconnected" }, ...problems("not_found") },
});
