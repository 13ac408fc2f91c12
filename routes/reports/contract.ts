import { z } from "@hono/zod-openapi";
import { FORMATS, LANGUAGES } from "../../lib/reports/schemas.ts";
import type { NamedReport } from "../../lib/reports/mod.ts";
import { scheduleSchema } from "../schedules/contract.ts";
import { listContract } from "../lists.ts";
import {
  contract,
  idParam,
  jsonAnswer,
  jsonBody,
  pageOf,
  pageQuery,
  problems,
  tokenParam,
} from "../router.ts";
import {
  catalogueSchema,
  definition,
  feedSchema,
  format,
  namedQuery,
  reportSchema,
  reportStream,
} from "./schemas.ts";

const tags = ["Reports"];

/** `GET /api/reports/{name}`: a report with a name of its own, streamed. */
export function namedReportRoute<N extends NamedReport>(name: N) {
  return contract({
    method: "get",
    path: `/api/reports/${name}`,
    operationId: `report${name[0]?.toUpperCase()}${name.slice(1)}`,
    summary: `The report on ${name}`,
    tags,
    scope: "reports:read",
    request: { query: namedQuery },
    responses: { 200: reportStream, ...problems("not_at_the_edge") },
  });
}

export const customReportRoute = contract({
  method: "post",
  path: "/api/reports/custom",
  operationId: "customReport",
  summary: "A report of one's own, streamed at once",
  tags,
  scope: "reports:read",
  request: {
    body: jsonBody(
      definition.extend({ format: z.enum(FORMATS).default("json").openapi({ example: "json" }) }),
    ),
  },
  responses: { 200: reportStream, ...problems("not_at_the_edge") },
});

export const catalogueRoute = contract({
  method: "get",
  path: "/api/reports/catalogue",
  operationId: "reportCatalogue",
  summary: "What reports can be made of: datasets and their columns",
  tags,
  scope: "reports:read",
  request: { query: z.object({ language: z.enum(LANGUAGES).default("en").openapi({ example: "es" }) }) },
  responses: { 200: jsonAnswer(catalogueSchema, "The catalogue") },
});

export const feedRoute = contract({
  method: "get",
  path: "/api/reports/analytics",
  operationId: "reportAnalytics",
  summary: "Flat rows for BI tools, in the order of their last change; come again with the cursor",
  description:
    "A row comes again under its `_id` with every change of its own: its state and times, its messages, who has it and whose it is, also by a merge or an erasure; a promise of the SLA also when its ticket goes to somebody else. Names of others (operators, teams, clients, contacts, policies, channels) are as they are when the row is read. What is deleted when its days are over is not told: read all of it anew from time to time.",
  tags,
  scope: "reports:read",
  request: {
    query: z.object({
      dataset: z.string().min(1).max(60).default("conversations").openapi({ example: "conversations" }),
      columns: namedQuery.shape.columns,
      language: z.enum(LANGUAGES).optional().openapi({ example: "es" }),
      page_size: z.coerce.number().int().min(1).max(5000).default(1000).openapi({ example: 1000 }),
      since: z.string().max(500).optional().openapi({
        example: "WzE3NjM3NTEzNjcwMDBd",
        description: "`next_cursor` of the call before",
      }),
    }),
  },
  responses: { 200: jsonAnswer(feedSchema, "What changed since") },
});

export const listReportsRoute = listContract({
  path: "/api/reports",
  operationId: "listReports",
  summary: "Reports that were asked for as files, the newest first",
  tags,
  scope: "reports:read",
  query: {},
  item: reportSchema,
  page: "A page of reports",
});

export const requestReportRoute = contract({
  method: "post",
  path: "/api/reports",
  operationId: "requestReport",
  summary: "Asks for a report as a file; it is written in the background and kept for 30 days",
  tags,
  scope: "reports:write",
  request: {
    body: jsonBody(z.object({
      name: z.string().min(1).max(120).optional().openapi({ example: "Noviembre" }),
      definition,
      format,
      recipients: z.array(z.email()).max(20).default([]).openapi({
        example: ["ana@example.com"],
        description:
          "Mail addresses that get a link to the file; it needs no sign-in and lasts as long as the file",
      }),
    })),
  },
  responses: { 202: jsonAnswer(reportSchema, "Asked for") },
});

export const reportSchedulesRoute = contract({
  method: "get",
  path: "/api/reports/schedules",
  operationId: "listReportSchedules",
  summary: "The schedules by which reports are written and mailed, the newest first",
  tags,
  scope: "schedules:read",
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(scheduleSchema), "A page of schedules") },
});

export const scheduleReportRoute = contract({
  method: "post",
  path: "/api/reports/schedules",
  operationId: "scheduleReport",
  summary: "Has a report written and mailed again and again; /api/schedules shows, changes and ends it",
  tags,
  scope: "reports:write",
  request: {
    body: jsonBody(z.object({
      name: z.string().min(1).max(120).openapi({ example: "Tickets de la semana pasada" }),
      cron: z.string().min(1).max(120).openapi({ example: "0 8 * * 1" }),
      zone: z.string().min(1).max(64).default("UTC").openapi({ example: "America/Monterrey" }),
      definition: definition.openapi({
        description: "Give it a `range`: those days move with the clock",
        example: { dataset: "tickets", range: "last_week" },
      }),
      format,
      recipients: z.array(z.email()).min(1).max(20).openapi({ example: ["ana@example.com"] }),
    })),
  },
  responses: { 201: jsonAnswer(scheduleSchema, "The schedule"), ...problems("conflict") },
});

export const getReportRoute = contract({
  method: "get",
  path: "/api/reports/{id}",
  operationId: "getReport",
  summary: "One report and how far it is",
  tags,
  scope: "reports:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(reportSchema, "The report"), ...problems("not_found") },
});

export const downloadReportRoute = contract({
  method: "get",
  path: "/api/reports/{id}/download",
  operationId: "downloadReport",
  summary: "The file of a report that is done",
  tags,
  scope: "reports:read",
  request: { params: idParam },
  responses: { 200: reportStream, ...problems("not_found", "conflict", "gone") },
});

export const deleteReportRoute = contract({
  method: "delete",
  path: "/api/reports/{id}",
  operationId: "deleteReport",
  summary: "Deletes a report and its file",
  tags,
  scope: "reports:write",
  request: { params: idParam },
  responses: { 204: { description: "Deleted" }, ...problems("not_found") },
});

export const linkedReportRoute = contract({
  method: "get",
  path: "/api/reports/linked/{token}",
  operationId: "downloadLinkedReport",
  summary: "The file of a report, by the link that was mailed",
  tags,
  scope: null,
  request: { params: tokenParam("v1.k1.Zm9v", 500) },
  responses: { 200: reportStream, ...problems("not_found", "conflict", "gone") },
});
