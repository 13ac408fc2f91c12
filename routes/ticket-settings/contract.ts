import { z } from "@hono/zod-openapi";
import { deskChange, deskSettings } from "../../lib/tickets/mod.ts";
import { contract, jsonAnswer, jsonBody } from "../router.ts";

const tags = ["Ticket desk"];
const settings = jsonAnswer(
  z.object(deskSettings.shape).openapi("TicketSettings"),
  "The settings as they are now",
);

export const getSettingsRoute = contract({
  method: "get",
  path: "/api/ticket-settings",
  operationId: "getTicketSettings",
  summary: "How the desk works: assignment, reopening, surveys, custom fields",
  tags,
  scope: "tickets:read",
  responses: { 200: settings },
});

export const setSettingsRoute = contract({
  method: "put",
  path: "/api/ticket-settings",
  operationId: "setTicketSettings",
  summary: "Changes the given settings of the desk",
  tags,
  scope: "business:write",
  request: { body: jsonBody(deskChange) },
  responses: { 200: settings },
});
