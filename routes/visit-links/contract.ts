import { z } from "@hono/zod-openapi";
import { linkAnswer, VISIT_STATES } from "../../lib/visits/schemas.ts";
import { contract, problems, tokenParam } from "../router.ts";

const tags = ["Visits"];
const timeOrNull = z.iso.datetime().nullable().openapi({ example: "2026-12-01T15:00:00.000Z" });

const linkSchema = z.object({
  business: z.string().openapi({ example: "Café Aurora" }),
  subject: z.string().openapi({ example: "Mantenimiento del horno" }),
  state: z.enum(VISIT_STATES).openapi({ example: "scheduled" }),
  starts_at: timeOrNull,
  ends_at: timeOrNull,
  timezone: z.string().openapi({ example: "America/Monterrey" }),
  where: z.string().nullable().openapi({ example: "Sucursal Centro, Av. Juárez 101" }),
  operator: z.string().nullable().openapi({ example: "Ana Ruiz" }),
  locale: z.enum(["es", "en"]).openapi({ example: "es" }),
}).openapi("VisitLink");

/** JSON, or a plain page for who opens the link in a browser. */
const visit = {
  description: "The visit as its client sees it",
  content: {
    "application/json": { schema: linkSchema },
    "text/html": { schema: z.string().openapi({ example: "<!doctype html>..." }) },
  },
} as const;

const params = tokenParam("vis_01kabcdefghjkmnpqrstvwxyz0.c2VjcmV0");

export const openVisitLinkRoute = contract({
  method: "get",
  path: "/api/visit-links/{token}",
  operationId: "openVisitLink",
  summary: "What the client sees of a visit; the link is the only key to it",
  tags,
  scope: null,
  request: { params },
  responses: { 200: visit, ...problems("not_found") },
});

export const answerVisitLinkRoute = contract({
  method: "post",
  path: "/api/visit-links/{token}",
  operationId: "answerVisitLink",
  summary: "The client confirms the visit, or calls it off",
  tags,
  scope: null,
  request: {
    params,
    // With `required` both readers would read every body; the verb refuses an absent one.
    body: {
      required: false,
      content: {
        "application/json": { schema: linkAnswer },
        "application/x-www-form-urlencoded": { schema: linkAnswer },
      },
    },
  },
  responses: { 200: visit, ...problems("not_found", "conflict") },
});

export const readFeedRoute = contract({
  method: "get",
  path: "/api/visit-calendars/{token}",
  operationId: "readVisitCalendar",
  summary: "An operator's visits for calendar programs (RFC 5545); the address is the only key to it",
  tags,
  scope: null,
  request: { params: tokenParam("kYt0Qm8xT5b2hJ3Zk9aWc1Vd7Ef4Gg6Hh8Ii0Jj2Kk4.ics") },
  responses: {
    200: { description: "The calendar", content: { "text/calendar": { schema: z.string() } } },
    ...problems("not_found"),
  },
});
