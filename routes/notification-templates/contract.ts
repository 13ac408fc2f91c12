import { z } from "@hono/zod-openapi";
import { localeField } from "../../lib/identity/schemas.ts";
import { templateField } from "../../lib/notifications/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, documented, idParam, jsonAnswer, jsonBody, orNull, problems } from "../router.ts";
import { time } from "../notifications/schemas.ts";

const tags = ["Notifications"];

const WORDS = {
  subject: "Su visita, {{name}}",
  text: "Lo esperamos a las {{hour}}.",
  html: "<p>Lo esperamos a las {{hour}}.</p>",
};
const ENGLISH = {
  subject: "Your visit, {{name}}",
  text: "We come at {{hour}}.",
  html: "<p>We come at {{hour}}.</p>",
};

const saveSchema = documented(templateField).openapi("SaveNotificationTemplate", {
  example: {
    name: "visit.reminder",
    kind: "template",
    category: "visits",
    variables: {
      name: { type: "string", required: true, example: "Ana" },
      hour: { type: "string", required: true, example: "10:00" },
    },
    texts: { es: WORDS, en: ENGLISH },
    layout: null,
    throttle: { limit: 10, minutes: 60 },
    digest_minutes: null,
  },
});

const wordsSchema = z.object({
  subject: z.string().openapi({ example: WORDS.subject }),
  text: z.string().openapi({ example: WORDS.text }),
  html: z.string().optional().openapi({ example: WORDS.html }),
}).openapi("NotificationWords");

const rowSchema = z.object({
  id: z.string().openapi({ example: "ntp_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "visit.reminder" }),
  kind: z.enum(["template", "layout"]).openapi({ example: "template" }),
  category: z.string().openapi({ example: "visits" }),
  variables: z.record(
    z.string(),
    z.object({
      type: z.enum(["string", "number", "boolean", "list", "object"]).openapi({ example: "string" }),
      required: z.boolean().openapi({ example: true }),
      example: z.unknown().openapi({ example: "Ana" }),
    }),
  ).openapi({ example: { name: { type: "string", required: true, example: "Ana" } } }),
  texts: z.object({ es: wordsSchema.optional(), en: wordsSchema.optional() }),
  layout: z.string().nullable().openapi({ example: null, description: "The layout of its mails" }),
  throttle: orNull(z.object({
    limit: z.number().int().openapi({ example: 10 }),
    minutes: z.number().int().openapi({ example: 60 }),
  })).openapi({ example: null, description: "At most so many to one address in so many minutes" }),
  digest_minutes: z.number().int().nullable().openapi({
    example: null,
    description: "What comes to one address within so many minutes is told in one message",
  }),
  created_at: time("When it was made"),
  updated_at: time("When it was last changed"),
}).openapi("NotificationTemplate");

const builtInSchema = z.object({
  name: z.string().openapi({ example: "webhook.disabled" }),
  category: z.string().openapi({ example: "system" }),
  texts: z.object({ es: wordsSchema, en: wordsSchema }),
  example: z.unknown().openapi({ example: { host: "erp.example.com" } }),
}).openapi("BuiltInTemplate");

const previewSchema = z.object({
  locale: documented(localeField).default("es").openapi({ example: "es" }),
  data: z.record(z.string().max(60), z.unknown()).default({}).openapi({
    example: { name: "Ana", hour: "10:00" },
  }),
}).openapi("NotificationPreviewOrder");

const renderedSchema = z.object({
  subject: z.string().openapi({ example: "Su visita, Ana" }),
  text: z.string().openapi({ example: "Lo esperamos a las 10:00." }),
  html: z.string().openapi({ example: "<p>Lo esperamos a las 10:00.</p>" }),
}).openapi("NotificationPreview");

export const listRoute = listContract({
  path: "/api/notifications/templates",
  operationId: "listNotificationTemplates",
  summary: "The workspace's own templates and layouts",
  tags,
  scope: "notifications:read",
  query: {},
  item: rowSchema,
  page: "A page of templates",
});

export const builtInRoute = contract({
  method: "get",
  path: "/api/notifications/templates/built-in",
  operationId: "listBuiltInTemplates",
  summary: "The built-in templates; one of the workspace's own of the same name replaces the words",
  tags,
  scope: "notifications:read",
  responses: { 200: jsonAnswer(z.object({ data: z.array(builtInSchema) }), "All of them") },
});

export const createRoute = contract({
  method: "post",
  path: "/api/notifications/templates",
  operationId: "createNotificationTemplate",
  summary: "Saves a template or layout; a text that uses an undeclared variable is refused",
  tags,
  scope: "business:write",
  request: { body: jsonBody(saveSchema) },
  responses: { 201: jsonAnswer(rowSchema, "Saved"), ...problems("conflict") },
});

export const getRoute = contract({
  method: "get",
  path: "/api/notifications/templates/{id}",
  operationId: "getNotificationTemplate",
  summary: "One template or layout",
  tags,
  scope: "notifications:read",
  request: { params: idParam },
  responses: { 200: jsonAnswer(rowSchema, "The template"), ...problems("not_found") },
});

export const replaceRoute = contract({
  method: "put",
  path: "/api/notifications/templates/{id}",
  operationId: "replaceNotificationTemplate",
  summary: "Puts a template or layout in the place of what it was",
  tags,
  scope: "business:write",
  request: { params: idParam, body: jsonBody(saveSchema) },
  responses: { 200: jsonAnswer(rowSchema, "Saved"), ...problems("not_found", "conflict") },
});

export const removeRoute = contract({
  method: "delete",
  path: "/api/notifications/templates/{id}",
  operationId: "removeNotificationTemplate",
  summary: "Removes a template; a layout only when it frames nothing",
  tags,
  scope: "business:write",
  request: { params: idParam },
  responses: { 204: { description: "Removed" }, ...problems("not_found", "conflict") },
});

export const previewRoute = contract({
  method: "post",
  path: "/api/notifications/templates/{id}/preview",
  operationId: "previewNotificationTemplate",
  summary: "A template as a reader would get it",
  tags,
  scope: "notifications:read",
  request: { params: idParam, body: jsonBody(previewSchema) },
  responses: { 200: jsonAnswer(renderedSchema, "The words"), ...problems("not_found") },
});
