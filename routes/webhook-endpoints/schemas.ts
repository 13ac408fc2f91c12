import { z } from "@hono/zod-openapi";
import { descriptionField, typesField, urlField } from "../../lib/notifications/schemas.ts";
import { documented } from "../router.ts";
import { time, timeOrNull } from "../notifications/schemas.ts";

export const endpointSchema = z.object({
  id: z.string().openapi({ example: "whe_01kabcdefghjkmnpqrstvwxyz0" }),
  url: z.string().openapi({ example: "https://erp.example.com/cauce" }),
  description: z.string().openapi({ example: "ERP" }),
  types: z.array(z.string()).openapi({ example: ["ticket.*"] }),
  enabled: z.boolean().openapi({ example: true }),
  disabled_reason: z.string().nullable().openapi({
    example: null,
    description: "failing: its calls failed for a day; gone: it answered 410; by_person",
  }),
  failures: z.number().int().openapi({ example: 0, description: "Tries that failed since the last success" }),
  failing_since: timeOrNull("Since when they fail"),
  last_success_at: timeOrNull("When it last took a call"),
  old_secret_until: timeOrNull("Until when the secret before signs as well"),
  created_at: time("When it was registered"),
}).openapi("WebhookEndpoint");

export const endpointWithSecretSchema = endpointSchema.extend({
  secret: z.string().openapi({
    example: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    description: "Shown this once",
  }),
}).openapi("WebhookEndpointWithSecret");

const url = documented(urlField).openapi({ example: "https://erp.example.com/cauce" });
const types = documented(typesField).openapi({
  example: ["ticket.*", "conversation.opened"],
  description: "Types of events; `noun.*` for all of a noun, `*` for everything",
});
const description = documented(descriptionField).openapi({ example: "ERP" });

export const newEndpointSchema = z.object({
  url,
  types: types.default(["*"]),
  description: description.default(""),
}).openapi("NewWebhookEndpoint");

export const changeSchema = z.object({
  url: url.optional(),
  types: types.optional(),
  description: description.optional(),
  enabled: z.boolean().optional().openapi({ example: true }),
}).openapi("WebhookEndpointChange");

export const rotateSchema = z.object({
  grace_hours: z.number().int().min(0).max(168).default(24).openapi({
    example: 24,
    description: "How long the secret before signs as well",
  }),
}).openapi("WebhookRotation");

export const replaySchema = z.object({
  since: z.iso.datetime({ offset: true }).optional().openapi({ example: "2026-11-21T00:00:00.000Z" }),
  states: z.array(z.enum(["failed", "skipped", "delivered", "outcome_unknown"])).min(1).default([
    "failed",
    "skipped",
    "outcome_unknown",
  ]).openapi({ example: ["failed", "skipped"] }),
  delivery_ids: z.array(z.string().max(64)).min(1).max(1000).optional().openapi({
    example: ["dlv_01kabcdefghjkmnpqrstvwxyz0"],
  }),
}).openapi("WebhookReplay");

export const replayedSchema = z.object({
  replayed: z.number().int().openapi({ example: 12 }),
  more: z.boolean().openapi({ example: false, description: "There may be more: ask again" }),
}).openapi("WebhookReplayed");
