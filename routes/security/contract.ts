import { z } from "@hono/zod-openapi";
import { nameField, newPasswordField, scopeField } from "../../lib/identity/schemas.ts";
import { time, timeOrNull } from "../auth/schemas.ts";
import { listContract } from "../lists.ts";
import { contract, idParam, jsonAnswer, jsonBody, pageOf, problems } from "../router.ts";

const tags = ["Security"];
const done = { 204: { description: "Done" } } as const;

export const sessionSchema = z.object({
  id: z.string().openapi({ example: "ses_01kabcdefghjkmnpqrstvwxyz0" }),
  user_agent: z.string().nullable().openapi({ example: "Mozilla/5.0" }),
  address: z.string().nullable().openapi({ example: "203.0.113.7" }),
  created_at: time,
  last_used_at: time,
  expires_at: time,
  current: z.boolean().openapi({ example: true, description: "The session that asks" }),
}).openapi("Session");

export const apiKeySchema = z.object({
  id: z.string().openapi({ example: "key_01kabcdefghjkmnpqrstvwxyz0" }),
  name: z.string().openapi({ example: "Shop" }),
  prefix: z.string().openapi({ example: "cauce_Ab3dE9" }),
  user_id: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  scopes: z.array(z.string()).openapi({ example: ["conversations:read"] }),
  expires_at: timeOrNull,
  last_used_at: timeOrNull,
  created_at: time,
}).openapi("ApiKey");

const verdictSchema = z.object({
  valid: z.boolean().openapi({ example: true }),
  score: z.number().int().openapi({ example: 4, description: "0 (guessed at once) to 4" }),
  min_score: z.number().int().openapi({ example: 2 }),
  min_length: z.number().int().openapi({ example: 8 }),
  reason: z.string().nullable().openapi({ example: null, description: "Why it would be refused" }),
  warning: z.string().nullable().openapi({ example: null }),
  suggestions: z.array(z.string()).openapi({ example: [] }),
  guesses_log10: z.number().openapi({ example: 12.3 }),
}).openapi("PasswordVerdict");
export type VerdictDto = z.output<typeof verdictSchema>;

export const listSessionsRoute = contract({
  method: "get",
  path: "/api/security/sessions",
  operationId: "listSessions",
  summary: "The caller's live sessions, newest first",
  tags,
  scope: "signed_in",
  responses: { 200: jsonAnswer(pageOf(sessionSchema), "All of them, in one page") },
});

export const endSessionRoute = contract({
  method: "delete",
  path: "/api/security/sessions/{id}",
  operationId: "endSession",
  summary: "End one of the caller's sessions",
  tags,
  scope: "signed_in",
  request: { params: idParam },
  responses: { ...done, ...problems("not_found") },
});

export const validatePasswordRoute = contract({
  method: "post",
  path: "/api/security/password/validate",
  operationId: "validatePassword",
  summary: "How hard a password is to guess, and whether it would be taken",
  tags,
  scope: "signed_in",
  request: {
    body: jsonBody(z.object({ password: newPasswordField.meta({ example: "un-camino-de-agua-7" }) })),
  },
  responses: {
    200: jsonAnswer(
      verdictSchema,
      "The judgement",
    ),
  },
});

export const judgePasswordRoute = contract({
  method: "post",
  path: "/api/auth/password-strength",
  operationId: "passwordStrength",
  summary: "How hard a password is to guess, for forms of people who can't be signed in yet",
  tags,
  scope: null,
  request: {
    body: jsonBody(z.object({
      password: newPasswordField.meta({ example: "un-camino-de-agua-7" }),
      about: z.array(z.string().max(320)).max(5).default([]).openapi({
        example: ["ana@example.com"],
        description: "What the password should not be made of: the person's name and addresses",
      }),
    })),
  },
  responses: { 200: jsonAnswer(verdictSchema, "The judgement") },
});

export const auditEntrySchema = z.object({
  id: z.string().openapi({ example: "aud_01kabcdefghjkmnpqrstvwxyz0" }),
  action: z.string().openapi({ example: "api_key.create" }),
  subject_id: z.string().nullable().openapi({ example: "key_01kabcdefghjkmnpqrstvwxyz0" }),
  actor_kind: z.string().openapi({ example: "user" }),
  actor_id: z.string().openapi({ example: "usr_01kabcdefghjkmnpqrstvwxyz0" }),
  detail: z.record(z.string(), z.unknown()).openapi({ example: { name: "Shop" } }),
  request_id: z.string().openapi({ example: "req_01kabcdefghjkmnpqrstvwxyz0" }),
  address: z.string().nullable().openapi({ example: "203.0.113.7" }),
  at: time,
}).openapi("AuditEntry");

export const listAuditRoute = listContract({
  path: "/api/security/audit/logs",
  operationId: "listAudit",
  summary: "Who did what, newest first; secrets are left out",
  tags,
  scope: "audit:read",
  query: {
    action: z.string().max(100).optional().openapi({ example: "api_key.create" }),
    subject_id: z.string().max(100).optional().openapi({ example: "key_01kabcdefghjkmnpqrstvwxyz0" }),
    platform: z.stringbool().default(false).openapi({
      example: "false",
      description: "What belongs to no workspace, for the platform's admin",
    }),
  },
  item: auditEntrySchema,
  page: "A page of the log. Where few fit it may be short, or empty, and yet have a `next_cursor`",
});

export const listApiKeysRoute = listContract({
  path: "/api/security/api-keys",
  operationId: "listApiKeys",
  summary: "The workspace's API keys",
  tags,
  scope: "api_keys:read",
  query: {},
  item: apiKeySchema,
  page: "A page of keys, newest first",
});

export const createApiKeyRoute = contract({
  method: "post",
  path: "/api/security/api-keys",
  operationId: "createApiKey",
  summary: "Make an API key; it is shown this once",
  tags,
  scope: "api_keys:write",
  request: {
    body: jsonBody(z.object({
      name: nameField.meta({ example: "Shop" }),
      scopes: z.array(scopeField).min(1).max(100).optional().openapi({
        example: ["conversations:read"],
        description: "At most the caller's own; all of them when left out",
      }),
      expires_at: z.iso.datetime({ offset: true }).nullish().openapi({ example: "2027-01-05T09:30:00.000Z" }),
    })),
  },
  responses: {
    201: jsonAnswer(
      apiKeySchema.extend({ key: z.string().openapi({ example: "cauce_Ab3dE9..." }) }).openapi("NewApiKey"),
      "Made",
    ),
  },
});

export const revokeApiKeyRoute = contract({
  method: "delete",
  path: "/api/security/api-keys/{id}",
  operationId: "revokeApiKey",
  summary: "Revoke an API key",
  tags,
  scope: "api_keys:write",
  request: { params: idParam },
  responses: { ...done, ...problems("not_found") },
});
