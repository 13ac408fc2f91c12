import { z } from "@hono/zod-openapi";
import { DELIVERY_STATES } from "../../lib/notifications/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";
import { deliverySchema } from "../notifications/schemas.ts";
import {
  changeSchema,
  endpointSchema,
  endpointWithSecretSchema,
  newEndpointSchema,
  replayedSchema,
  replaySchema,
  rotateSchema,
} from "./schemas.ts";

const tags = ["Webhooks"];

export const listRoute = listContract({
  path: "/api/webhooks/endpoints",
  operationId: "listWebhookEndpoints",
  summary: "Whom the workspace's events are told to",
  tags,
  scope: "webhooks:read",
  query: {},
  item: endpointSchema,
  page: "A page of endpoints",
});

export const createRoute = contract({
  method: "post",
  path: "/api/webhooks/endpoints",
  operationId: "createWebhookEndpoint",
  summary: "Registers an address for events from now on; the secret is shown this once",
  tags,
  scope: "webhooks:write",
  request: { body: jsonBody(newEndpointSchema) },
  responses: { 201: jsonAnswer(endpointWithSecretSchema, "Registered") },
});

export const getRoute = contract({
  method: "get",
  path: "/api/webhooks/endpoints/{id}",
  operationId: "getWebhookEndpoint",
  summary: "One endpoint and its health",
  tags,
  scope: "webhooks:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(endpointSchema, "The endpoint"), ...problems("not_found") },
});

export const changeRoute = contract({
  method: "patch",
  path: "/api/webhooks/endpoints/{id}",
  operationId: "changeWebhookEndpoint",
  summary: "Changes an endpoint; `enabled: true` also takes back one that was disabled by itself",
  tags,
  scope: "webhooks:write",
  request: { params: idParam, body: jsonBody(changeSchema) },
  responses: { 200: jsonAnswer(endpointSchema, "The endpoint"), ...problems("not_found") },
});

export const removeRoute = contract({
  method: "delete",
  path: "/api/webhooks/endpoints/{id}",
  operationId: "removeWebhookEndpoint",
  summary: "Removes an endpoint",
  tags,
  scope: "webhooks:write",
  request: { params: idParam },
  responses: { 204: { description: "Removed" }, ...problems("not_found") },
});

export const rotateRoute = contract({
  method: "post",
  path: "/api/webhooks/endpoints/{id}/rotate",
  operationId: "rotateWebhookSecret",
  summary: "A new secret; the one before signs as well for some hours",
  tags,
  scope: "webhooks:write",
  request: { params: idParam, body: jsonBody(rotateSchema) },
  responses: { 200: jsonAnswer(endpointWithSecretSchema, "Rotated"), ...problems("not_found") },
});

export const testRoute = contract({
  method: "post",
  path: "/api/webhooks/endpoints/{id}/test",
  operationId: "testWebhookEndpoint",
  summary: "Calls the endpoint with an event of type `webhook.test`",
  tags,
  scope: "webhooks:write",
  request: { params: idParam },
  responses: { 202: jsonAnswer(deliverySchema, "On its way"), ...problems("not_found", "conflict") },
});

export const callsRoute = contract({
  method: "get",
  path: "/api/webhooks/endpoints/{id}/deliveries",
  operationId: "listWebhookDeliveries",
  summary: "The calls of an endpoint and what became of them, the newest first",
  tags,
  scope: "webhooks:read",
  request: {
    params: idParam,
    query: pageQuery.extend({ state: z.enum(DELIVERY_STATES).optional().openapi({ example: "failed" }) }),
  },
  responses: { 200: jsonAnswer(pageOf(deliverySchema), "A page of calls"), ...problems("not_found") },
});

export const replayRoute = contract({
  method: "post",
  path: "/api/webhooks/endpoints/{id}/replay",
  operationId: "replayWebhookDeliveries",
  summary: "Makes calls again under their first ids, the oldest first, 1,000 at most",
  tags,
  scope: "webhooks:write",
  request: { params: idParam, body: jsonBody(replaySchema) },
  responses: { 202: jsonAnswer(replayedSchema, "On their way"), ...problems("not_found", "conflict") },
});
