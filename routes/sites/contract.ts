import { z } from "@hono/zod-openapi";
import { calendarFields } from "../../lib/business-time/schemas.ts";
import { newSite, siteChange } from "../../lib/clients/schemas.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";

const tags = ["Clients"];
const time = z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" });

const siteSchema = z.object({
  id: z.string().openapi({ example: "sit_01kabcdefghjkmnpqrstvwxyz0" }),
  client_id: z.string().openapi({ example: "cli_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Sucursal Centro" }),
  address: z.string().openapi({ example: "Av. Juárez 101, Centro, Monterrey" }),
  timezone: z.string().nullable().openapi({ example: "America/Monterrey" }),
  latitude: z.number().nullable().openapi({ example: 25.6714 }),
  longitude: z.number().nullable().openapi({ example: -100.3094 }),
  hours: calendarFields.hours.meta({ example: null, description: "When it may be visited; null: whenever" }),
  removed_at: time.nullable().openapi({ example: null, description: "Nobody is sent there any more" }),
  access_notes: z.string().nullable().openapi({ example: "Preguntar por Luis en recepción." }),
  created_at: time,
  updated_at: time,
}).openapi("Site");

const one = jsonAnswer(siteSchema, "The site");

export const listSitesRoute = contract({
  method: "get",
  path: "/api/clients/{id}/sites",
  operationId: "listSites",
  summary: "Where a client is visited, the newest first",
  tags,
  scope: "clients:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(siteSchema), "A page of sites"), ...problems("not_found") },
});

export const createSiteRoute = contract({
  method: "post",
  path: "/api/clients/{id}/sites",
  operationId: "createSite",
  summary: "Adds a place where the client is visited",
  tags,
  scope: "clients:write",
  request: { params: idParam, body: jsonBody(newSite) },
  responses: { 201: one, ...problems("not_found") },
});

export const getSiteRoute = contract({
  method: "get",
  path: "/api/sites/{id}",
  operationId: "getSite",
  summary: "One site",
  tags,
  scope: "clients:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const changeSiteRoute = contract({
  method: "put",
  path: "/api/sites/{id}",
  operationId: "changeSite",
  summary: "Changes the fields that are given, keeps the others",
  tags,
  scope: "clients:write",
  request: { params: idParam, body: jsonBody(siteChange) },
  responses: { 200: one, ...problems("not_found") },
});

export const removeSiteRoute = contract({
  method: "delete",
  path: "/api/sites/{id}",
  operationId: "removeSite",
  summary: "Takes a site away",
  tags,
  scope: "clients:write",
  request: { params: idParam },
  responses: { 204: { description: "Removed" }, ...problems("not_found") },
});
