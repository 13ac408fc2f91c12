import type { z } from "@hono/zod-openapi";
import { auditView, listAudit } from "../../lib/audit/mod.ts";
import {
  type ApiKey,
  createApiKey,
  endSession,
  judgePassword,
  listApiKeys,
  listSessions,
  type PasswordVerdict,
  revokeApiKey,
  type Session,
  validatePassword,
} from "../../lib/identity/mod.ts";
import { iso, isoOrNull } from "../../lib/kernel/clock.ts";
import { createRouter } from "../router.ts";
import * as contracts from "./contract.ts";

function toSessionDto(session: Session): z.output<typeof contracts.sessionSchema> {
  const { id, userAgent, address, createdAt, lastUsedAt, expiresAt, current } = session;
  return {
    id,
    user_agent: userAgent,
    address,
    created_at: iso(createdAt),
    last_used_at: iso(lastUsedAt),
    expires_at: iso(expiresAt),
    current,
  };
}

function toApiKeyDto(key: ApiKey): z.output<typeof contracts.apiKeySchema> {
  const { id, name, prefix, userId, scopes, expiresAt, lastUsedAt, createdAt } = key;
  return {
    id,
    name,
    prefix,
    user_id: userId,
    scopes: [...scopes],
    expires_at: isoOrNull(expiresAt),
    last_used_at: isoOrNull(lastUsedAt),
    created_at: iso(createdAt),
  };
}

function toVerdictDto(verdict: PasswordVerdict): contracts.VerdictDto {
  const { valid, score, minScore, minLength, reason, warning, suggestions, guessesLog10 } = verdict;
  return {
    valid,
    score,
    min_score: minScore,
    min_length: minLength,
    reason,
    warning,
    suggestions: [...suggestions],
    guesses_log10: guessesLog10,
  };
}

export const security = createRouter()
  .openapi(contracts.listAuditRoute, async (c) => {
    const { subject_id: subjectId, ...query } = c.req.valid("query");
    const { data, next_cursor } = await listAudit(c.var.ctx, { ...query, subjectId });
    return c.json({ data: data.map(auditView), next_cursor }, 200);
  })
  .openapi(
    contracts.listSessionsRoute,
    async (c) => c.json({ data: (await listSessions(c.var.ctx)).map(toSessionDto), next_cursor: null }, 200),
  )
  .openapi(contracts.endSessionRoute, async (c) => {
    await endSession(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contracts.validatePasswordRoute, async (c) => {
    return c.json(toVerdictDto(await validatePassword(c.var.ctx, c.req.valid("json").password)), 200);
  })
  .openapi(contracts.judgePasswordRoute, async (c) => {
    return c.json(toVerdictDto(await judgePassword(c.var.ctx, c.req.valid("json"))), 200);
  })
  .openapi(contracts.listApiKeysRoute, async (c) => {
    const { data, next_cursor } = await listApiKeys(c.var.ctx, c.req.valid("query"));
    return c.json({ data: data.map(toApiKeyDto), next_cursor }, 200);
  })
  .openapi(contracts.createApiKeyRoute, async (c) => {
    const { name, scopes, expires_at } = c.req.valid("json");
    const expiresAt = typeof expires_at === "string" ? Date.parse(expires_at) : null;
    const made = await createApiKey(c.var.ctx, { name, scopes, expiresAt });
    return c.json({ ...toApiKeyDto(made), key: made.secret }, 201);
  })
  .openapi(contracts.revokeApiKeyRoute, async (c) => {
    await revokeApiKey(c.var.ctx, c.req.valid("param").id);
    return c.body(null, 204);
  });
