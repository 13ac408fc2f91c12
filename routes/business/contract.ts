import { z } from "@hono/zod-openapi";
import { businessChangeSchema, businessConfigSchema } from "../../lib/conversations/schemas.ts";
import { contract, jsonAnswer, jsonBody } from "../router.ts";

const tags = ["Business"];
const example = {
  name: "Café Aurora",
  description: "Café de especialidad en el centro.",
  timezone: "America/Monterrey",
  hours: { monday: [{ from: "09:00", to: "14:00" }, { from: "16:00", to: "20:00" }] },
  holidays: [{ date: "2026-12-25", name: "Navidad" }],
  greeting: "¡Hola! Soy el asistente de Café Aurora.",
  away: "Ahora no hay nadie; te escribimos mañana a partir de las 9.",
  tone: "cercano y breve",
  languages: ["es", "en"],
  handover_words: ["gerente"],
  handover_after_misses: 2,
  return_to_bot_minutes: 60,
  notify: { emails: ["turno@aurora.example"], webhook_url: null },
  debounce_ms: null,
  retention_days: 365,
};

const business = z.object({
  ...businessConfigSchema.shape,
  sample: z.boolean().openapi({ example: false, description: "True while it is the sample business" }),
  updated_at: z.iso.datetime().nullable().openapi({ example: "2026-11-21T15:04:05.000Z" }),
}).openapi("BusinessConfig", {
  example: { ...example, sample: false, updated_at: "2026-11-21T15:04:05.000Z" },
});

export const getBusinessRoute = contract({
  method: "get",
  path: "/api/business/config",
  operationId: "getBusinessConfig",
  summary: "The business as its customers meet it",
  tags,
  scope: "business:read",
  responses: { 200: jsonAnswer(business, "The configuration, defaults filled in") },
});

export const putBusinessRoute = contract({
  method: "put",
  path: "/api/business/config",
  operationId: "setBusinessConfig",
  summary: "Changes the fields that are given, keeps the others",
  tags,
  scope: "business:write",
  request: {
    body: jsonBody(
      z.object(businessChangeSchema.shape).openapi("BusinessConfigChange", { example }),
    ),
  },
  responses: { 200: jsonAnswer(business, "The configuration as it is now") },
});

export const webhookSecretRoute = contract({
  method: "get",
  path: "/api/business/webhook-secret",
  operationId: "getWebhookSecret",
  summary: "What to check the signature of our webhooks with",
  description:
    "Calls of `notify.webhook_url` are signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp` and " +
    "`webhook-signature`, an HMAC-SHA256 over `id.timestamp.body`. Reading it is written to the audit log.",
  tags,
  scope: "business:write",
  responses: {
    200: jsonAnswer(
      z.object({
        secret: z.string().openapi({ example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" }),
      }).openapi("WebhookSecret"),
      "The workspace's secret",
    ),
  },
});
