import { z } from "@hono/zod-openapi";
import {
  CALL_DIRECTIONS,
  CALL_STATES,
  callChange,
  callQuery,
  callSettingsChange,
  newCall,
} from "../../lib/calls/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, problems } from "../router.ts";
import { badLineSchema, csvImportBody } from "../upload.ts";

const tags = ["Calls"];
const time = z.iso.datetime().openapi({ example: "2026-11-21T15:04:05.000Z" });
const timeOrNull = z.iso.datetime().nullable().openapi({ example: "2026-11-21T15:06:00.000Z" });
const textOrNull = (example: string | null) => z.string().nullable().openapi({ example });
const seconds = (example: number) => z.number().int().nullable().openapi({ example });

const callSchema = z.object({
  id: z.string().openapi({ example: "cal_01kabcdefghjkmnpqrstvwxyz0" }),
  external_id: textOrNull("pbx-8812"),
  direction: z.enum(CALL_DIRECTIONS).openapi({ example: "in" }),
  state: z.enum(CALL_STATES).openapi({
    example: "completed",
    description: "missed: nobody of ours answered; unanswered: the other side didn't",
  }),
  source: z.enum(["api", "webhook", "import"]).openapi({ example: "webhook" }),
  phone: textOrNull("+528112345678"),
  line: textOrNull("101"),
  operator_id: textOrNull("opr_01kabcdefghjkmnpqrstvwxyz0"),
  client_id: textOrNull("cli_01kabcdefghjkmnpqrstvwxyz0"),
  contact_id: textOrNull("con_01kabcdefghjkmnpqrstvwxyz0"),
  ticket_id: textOrNull(null),
  started_at: time,
  answered_at: timeOrNull,
  ended_at: timeOrNull,
  wait_s: seconds(8).openapi({ description: "Seconds that it rang" }),
  duration_s: seconds(95).openapi({ description: "Seconds of talk" }),
  outcome: textOrNull("Pidió factura"),
  notes: textOrNull(null),
  recording_url: textOrNull(null),
  created_at: time,
  updated_at: time,
}).openapi("Call");

const settingsSchema = z.object({
  country: textOrNull("52"),
  ticket_on_missed: z.boolean().openapi({ example: false }),
  hook_key: textOrNull("w5T2hJ8Qm0aYb3Zk").openapi({
    description: "Sent as X-Cauce-Key; null: no secret yet",
  }),
}).openapi("CallSettings");

const one = jsonAnswer(callSchema, "The call");

export const listCallsRoute = listContract({
  path: "/api/calls",
  operationId: "listCalls",
  summary: "The log of calls, the latest first",
  tags,
  scope: "calls:read",
  query: callQuery.shape,
  item: callSchema,
  page: "A page of calls",
});

export const logCallRoute = contract({
  method: "post",
  path: "/api/calls",
  operationId: "logCall",
  summary: "Writes a call into the log; client and contact are found by the number",
  tags,
  scope: "calls:write",
  request: {
    body: jsonBody(newCall.meta({
      example: {
        direction: "in",
        phone: "+52 81 1234 5678",
        started_at: "2026-11-21T15:04:05Z",
        duration_s: 95,
        outcome: "Pidió factura",
      },
    })),
  },
  responses: { 201: one },
});

export const importCallsRoute = contract({
  method: "post",
  path: "/api/calls/import",
  operationId: "importCalls",
  summary: "Takes calls out of CSV: good lines are written, bad ones reported",
  tags,
  scope: "calls:write",
  request: { body: csvImportBody },
  responses: {
    200: jsonAnswer(
      z.object({
        created: z.number().int().openapi({ example: 120 }),
        updated: z.number().int().openapi({ example: 0 }),
        failed: z.number().int().openapi({ example: 1 }),
        errors: z.array(badLineSchema),
        ignored_columns: z.array(z.string()).openapi({ example: [] }),
      }).openapi("CallImportReport"),
      "What was done, and what is wrong with which line",
    ),
    ...problems("unsupported_media_type", "payload_too_large"),
  },
});

export const callSettingsRoute = contract({
  method: "get",
  path: "/api/calls/settings",
  operationId: "getCallSettings",
  summary: "How calls are taken in",
  tags,
  scope: "calls:read",
  responses: { 200: jsonAnswer(settingsSchema, "The settings") },
});

export const changeCallSettingsRoute = contract({
  method: "put",
  path: "/api/calls/settings",
  operationId: "changeCallSettings",
  summary: "Changes the fields that are given, keeps the others",
  tags,
  scope: "business:write",
  request: { body: jsonBody(callSettingsChange) },
  responses: { 200: jsonAnswer(settingsSchema, "The settings as they are now") },
});

export const renewCallSecretRoute = contract({
  method: "post",
  path: "/api/calls/settings/secret",
  operationId: "renewCallSecret",
  summary: "Makes a new key and secret for the telephony system's webhooks; those before stop working",
  tags,
  scope: "business:write",
  responses: {
    201: jsonAnswer(
      z.object({
        hook_key: z.string().openapi({ example: "w5T2hJ8Qm0aYb3Zk" }),
        secret: z.string().openapi({
          example: "kYt0Qm8xT5b2hJ3Zk9aWc1Vd7Ef4Gg6Hh8Ii0Jj2Kk4",
          description: "Shown this once",
        }),
      }).openapi("CallSecret"),
      "Key and secret",
    ),
  },
});

export const getCallRoute = contract({
  method: "get",
  path: "/api/calls/{id}",
  operationId: "getCall",
  summary: "One call",
  tags,
  scope: "calls:read",
  request: { params: idParam },
  responses: { 200: one, ...problems("not_found") },
});

export const changeCallRoute = contract({
  method: "put",
  path: "/api/calls/{id}",
  operationId: "changeCall",
  summary: "Adds what came of it: its times, operator, client, ticket, outcome, notes",
  tags,
  scope: "calls:write",
  request: {
    params: idParam,
    body: jsonBody(callChange.meta({ example: { duration_s: 95, outcome: "Pidió factura" } })),
  },
  responses: { 200: one, ...problems("not_found") },
});
