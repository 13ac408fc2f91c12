import { z } from "@hono/zod-openapi";
import { ACTIONS, ACTIVITY_OUTCOMES, INTENTS, newExample, TEXT_LIMIT } from "../../lib/watson/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, pageQuery, problems } from "../router.ts";

const tags = ["Watson"];
const record = z.record(z.string(), z.unknown());
const time = z.iso.datetime().openapi({ example: "2026-11-25T09:00:00.000Z" });

const turnSchema = z.object({
  session_id: z.string().openapi({ example: "7f3c" }),
  reply: z.string().openapi({ example: "Abrí el ticket T-12." }),
  action: z.enum(ACTIONS).nullable().openapi({ example: "create_ticket" }),
  result: record.nullable().openapi({ example: { id: "tkt_01kabcdefghjkmnpqrstvwxyz0", reference: "T-12" } }),
  confidence: z.number().openapi({ example: 0.97, description: "0 to 1" }),
  intent: z.enum(INTENTS).openapi({ example: "create_ticket" }),
  outcome: z.enum(ACTIVITY_OUTCOMES).openapi({
    example: "done",
    description:
      "asked: a value is missing, or a yes to what was said with a condition or a doubt, and `reply` asks for it; " +
      "refused: it could not be done, `result` says why",
  }),
}).openapi("WatsonTurn");

const utteranceSchema = z.object({
  session_id: z.string().max(200).optional().openapi({ example: "7f3c" }),
  user: z.string().max(200).optional().openapi({ example: "ana" }),
  text: z.string().max(TEXT_LIMIT).openapi({ example: "La impresora no funciona, es urgente" }),
  context: record.optional().openapi({
    example: { locale: "es", contact_id: "con_01kabcdefghjkmnpqrstvwxyz0" },
    description:
      "What the caller knows: `locale`, `contact_id`, `client_id`, `conversation_id`, `site_id`, `operator_id`, " +
      "`ticket_id`, `visit_id`, `callback_url`",
  }),
  message_id: z.string().max(200).optional().openapi({ example: "m-1" }),
}).openapi("WatsonUtterance");

const assistantSchema = z.object({
  event: z.object({
    name: z.enum(["message_received", "message_processed", "message_logged"]).openapi({
      example: "message_received",
    }),
  }),
  payload: record.openapi({ example: { input: { message_type: "text", text: "La impresora no funciona" } } }),
}).openapi("WatsonAssistantEvent");

const webhook = contract({
  method: "post",
  path: "/api/watson/webhook",
  operationId: "watsonWebhook",
  summary: "A turn of a talk: understood, done by a tool or asked about, and answered",
  description:
    "`{session_id?, user?, text, context?, message_id?}`, or the pre- and post-message forms of watsonx Assistant, " +
    "which are answered in kind. Prove yourself by `x-api-key` or Bearer (WATSON_API_KEY, or an API key with " +
    "`watson:use`), or by a JWT signed with WATSON_JWT_SECRET in `Authorization` or `Authentication`. The same " +
    "`message_id` again is answered alike and done once. With `context.callback_url` a report is told of there " +
    "when it is done.",
  tags,
  scope: null,
  responses: {
    200: jsonAnswer(
      z.union([
        turnSchema,
        z.object({ payload: record.openapi({ example: { output: { generic: [] } } }) }).openapi(
          "WatsonPayload",
        ),
        z.object({}),
      ]),
      "The turn, or the payload of the form that came",
    ),
    ...problems("bad_signature", "forbidden", "not_configured", "conflict", "payload_too_large"),
  },
});

/** The body is read by the verb, after the caller proved itself. */
export const webhookRoute = { ...webhook, hide: true };

/** What is shown of it, with its body. */
export const webhookShown = {
  ...webhook,
  request: { body: jsonBody(z.union([utteranceSchema, assistantSchema])) },
};

export const statusRoute = contract({
  method: "get",
  path: "/api/watson/status",
  operationId: "watsonStatus",
  summary: "State of the integration",
  tags,
  scope: "watson:read",
  responses: {
    200: jsonAnswer(
      z.object({
        configured: z.object({
          api_key: z.boolean().openapi({ example: true }),
          signed_jwt: z.boolean().openapi({ example: false }),
        }),
        webhook_url: z.string().nullable().openapi({
          example: "https://cauce.example.com/api/v1/watson/webhook",
        }),
        sessions: z.number().int().openapi({ example: 12 }),
        last_at: time.nullable(),
        last_day: z.object({
          turns: z.number().int().openapi({ example: 40 }),
          by_outcome: z.record(z.string(), z.number()).openapi({ example: { done: 22, asked: 8 } }),
          by_action: z.record(z.string(), z.number()).openapi({ example: { create_ticket: 9 } }),
        }),
        classifier: z.object({
          examples: z.number().int().openapi({ example: 201 }),
          own: z.number().int().openapi({ example: 3, description: "Taught by the owner" }),
          language_model: z.boolean().openapi({ example: false }),
        }),
      }).openapi("WatsonStatus"),
      "The state",
    ),
  },
});

const sessionSchema = z.object({
  id: z.string().openapi({ example: "wss_01kabcdefghjkmnpqrstvwxyz0" }),
  session_id: z.string().openapi({ example: "7f3c", description: "The caller's name of it" }),
  user: z.string().nullable().openapi({ example: "ana" }),
  locale: z.string().nullable().openapi({ example: "es" }),
  turns: z.number().int().openapi({ example: 3 }),
  waits_for: z.string().nullable().openapi({ example: "when" }),
  created_at: time,
  last_at: time,
}).openapi("WatsonSession");

export const sessionsRoute = listContract({
  path: "/api/watson/sessions",
  operationId: "listWatsonSessions",
  summary: "Recent sessions, the latest first",
  tags,
  scope: "watson:read",
  query: {},
  item: sessionSchema,
  page: "A page of sessions",
});

const activitySchema = z.object({
  id: z.string().openapi({ example: "wsa_01kabcdefghjkmnpqrstvwxyz0" }),
  session: z.string().openapi({ example: "wss_01kabcdefghjkmnpqrstvwxyz0" }),
  text: z.string().openapi({ example: "La impresora no funciona" }),
  intent: z.string().openapi({ example: "create_ticket" }),
  confidence: z.number().openapi({ example: 0.97 }),
  source: z.string().openapi({ example: "classifier", description: "classifier, model or slot" }),
  action: z.string().nullable().openapi({ example: "create_ticket" }),
  outcome: z.string().openapi({ example: "done" }),
  reply: z.string().openapi({ example: "Abrí el ticket T-12." }),
  result: record.nullable().openapi({ example: { reference: "T-12" } }),
  created_at: time,
}).openapi("WatsonActivity");

export const activitiesRoute = contract({
  method: "get",
  path: "/api/watson/sessions/{id}/activities",
  operationId: "listWatsonActivities",
  summary: "The turns of a session, in order",
  tags,
  scope: "watson:read",
  request: { params: idParam, query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(activitySchema), "A page of turns"), ...problems("not_found") },
});

export const latestRoute = listContract({
  path: "/api/watson/activities",
  operationId: "listLatestWatsonActivities",
  summary: "The turns of all sessions, the latest first",
  tags,
  scope: "watson:read",
  query: {},
  item: activitySchema,
  page: "A page of turns",
});

export const testRoute = contract({
  method: "post",
  path: "/api/watson/test-connection",
  operationId: "testWatsonConnection",
  summary: "Tries each link that a call of Watson needs; changes nothing",
  tags,
  scope: "watson:read",
  responses: {
    200: jsonAnswer(
      z.object({
        ok: z.boolean().openapi({ example: true }),
        checks: z.array(z.object({
          name: z.string().openapi({ example: "address" }),
          ok: z.boolean().openapi({ example: true }),
          detail: z.string().openapi({ example: "https://cauce.example.com/api/v1/watson/webhook" }),
        })),
      }).openapi("WatsonTest"),
      "What was found",
    ),
  },
});

const exampleSchema = z.object({
  id: z.string().openapi({ example: "wse_01kabcdefghjkmnpqrstvwxyz0" }),
  intent: z.string().openapi({ example: "schedule_visit" }),
  text: z.string().openapi({ example: "Que se dé una vuelta el ingeniero" }),
  created_at: time,
}).openapi("WatsonExample");

export const examplesRoute = contract({
  method: "get",
  path: "/api/watson/examples",
  operationId: "listWatsonExamples",
  summary: "What the classifier was taught beside the shipped examples",
  tags,
  scope: "watson:read",
  responses: {
    200: jsonAnswer(z.object({ data: z.array(exampleSchema), next_cursor: z.null() }), "All of them"),
  },
});

export const addExampleRoute = contract({
  method: "post",
  path: "/api/watson/examples",
  operationId: "addWatsonExample",
  summary: "Teaches the classifier how people here say something",
  tags,
  scope: "workspace:write",
  request: {
    body: jsonBody(newExample),
  },
  responses: { 201: jsonAnswer(exampleSchema, "The example"), ...problems("conflict") },
});

export const removeExampleRoute = contract({
  method: "delete",
  path: "/api/watson/examples/{id}",
  operationId: "removeWatsonExample",
  summary: "Forgets an example",
  tags,
  scope: "workspace:write",
  request: { params: idParam },
  responses: { 204: { description: "Forgotten" }, ...problems("not_found") },
});
