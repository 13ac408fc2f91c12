import { z } from "@hono/zod-openapi";
import {
  newOperator,
  operatorChange,
  operatorQuery,
  presenceInput,
  PRESENCES,
} from "../../lib/operators/schemas.ts";
import { handoverInput } from "../../lib/handover/schemas.ts";
import { calendarFields } from "../../lib/business-time/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, problems } from "../router.ts";

const tags = ["Operators"];
const time = z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" });
const timeOrNull = z.iso.datetime().nullable().openapi({ example: "2026-11-21T15:04:05.000Z" });

export const operatorSchema = z.object({
  id: z.string().openapi({ example: "opr_01kabcdefghjkmnpqrstvwxyz0" }),
  user_id: z.string().nullable().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Ana Ruiz" }),
  email: z.string().nullable().openapi({ example: "ana@aurora.example" }),
  phone: z.string().nullable().openapi({ example: "+52 81 1234 5678" }),
  skills: z.array(z.object({
    name: z.string().openapi({ example: "cobros" }),
    level: z.number().int().openapi({ example: 4 }),
  })),
  languages: z.array(z.string()).openapi({ example: ["es", "en"] }),
  team_ids: z.array(z.string()).openapi({ example: ["tea_01kabcdefghjkmnpqrstvwxyz0"] }),
  capacity: z.number().int().openapi({ example: 5 }),
  load: z.number().int().openapi({ example: 2, description: "How much of the capacity is taken" }),
  presence: z.enum(PRESENCES).openapi({ example: "online", description: "As it counts now" }),
  presence_until: timeOrNull,
  last_seen_at: timeOrNull,
  on_shift: z.boolean().openapi({ example: true }),
  timezone: z.string().openapi({ example: "America/Monterrey" }),
  hours: calendarFields.hours.meta({
    example: { monday: [{ from: "09:00", to: "14:00" }] },
    description: "The shifts; null: always on shift",
  }),
  days_off: calendarFields.holidays.meta({ example: [{ date: "2026-12-25" }] }),
  active: z.boolean().openapi({ example: true }),
  last_assigned_at: timeOrNull,
  created_at: time,
  updated_at: time,
}).openapi("Operator");

const one = jsonAnswer(operatorSchema, "The operator");

export const listOperatorsRoute = listContract({
  path: "/api/operators",
  operationId: "listOperators",
  summary: "Operators with their presence, shift and load",
  tags,
  scope: "operators:read",
  query: operatorQuery.shape,
  item: operatorSchema,
  page: "A page of operators",
});

export const createOperatorRoute = contract({
  method: "post",
  path: "/api/operators",
  operationId: "createOperator",
  summary: "Adds an operator, linked to a member of the workspace or not yet",
  tags,
  scope: "operators:write",
  request: { body: jsonBody(newOperator) },
  responses: { 201: one, ...problems("conflict") },
});

export const ownOperatorRoute = contract({
  method: "get",
  path: "/api/operators/me",
  operationId: "getOwnOperator",
  summary: "The operator who the caller is",
  tags,
  scope: "operators:read",
  responses: { 200: one, ...problems("not_found") },
});

export const ownPresenceRoute = contract({
  method: "put",
  path: "/api/operators/me/presence",
  operationId: "setOwnPresence",
  summary: "Says whether the caller is there; said again in time, it lasts",
  tags,
  scope: "operators:read",
  request: { body: jsonBody(presenceInput) },
  responses: { 200: one, ...problems("not_found") },
});

export const getOperatorRoute = contract({
  method: "get",
  path: "/api/operators/{id}",
  operationId: "getOperator",
  summary: "One operator",
  tags,
  scope: "operators:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const changeOperatorRoute = contract({
  method: "put",
  path: "/api/operators/{id}",
  operationId: "changeOperator",
  summary: "Changes the fields that are given, keeps the others; one made inactive leaves as by DELETE",
  tags,
  scope: "operators:write",
  request: { params: idParam, query: handoverInput, body: jsonBody(operatorChange) },
  responses: { 200: one, ...problems("not_found", "conflict") },
});

export const removeOperatorRoute = contract({
  method: "delete",
  path: "/api/operators/{id}",
  operationId: "removeOperator",
  summary: "Takes an operator away; open work is 409 unless it is said what becomes of it",
  tags,
  scope: "operators:write",
  request: { params: idParam, query: handoverInput },
  responses: { 204: { description: "Removed" }, ...problems("not_found", "conflict") },
});

export const deactivateRoute = contract({
  method: "post",
  path: "/api/operators/{id}/deactivate",
  operationId: "deactivateOperator",
  summary: "Gives an operator no more work; open work is 409 unless it is said what becomes of it",
  tags,
  scope: "operators:write",
  request: { params: idParam, body: jsonBody(handoverInput) },
  responses: { 200: one, ...problems("not_found", "conflict") },
});

export const presenceRoute = contract({
  method: "put",
  path: "/api/operators/{id}/presence",
  operationId: "setPresence",
  summary: "Says for an operator whether they are there",
  tags,
  scope: "operators:write",
  request: { params: idParam, body: jsonBody(presenceInput) },
  responses: { 200: one, ...problems("not_found") },
});
