import { audit } from "../audit/mod.ts";
import { KEY_PREFIX } from "./authenticate.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, invalid, notFound } from "../kernel/errors.ts";
import { newId, newSecret } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { ROLES, type Scope } from "../kernel/scopes.ts";
import { sha256Hex } from "../kernel/text.ts";
import { type ApiKeyRow, insertApiKey, revokeApiKeyRow, selectApiKeys, updateKeyUse } from "./store-keys.ts";
import { selectMembers } from "./store-members.ts";
import { verifiedOf } from "./verified.ts";

/** A key without its secret, which is stored nowhere. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** How the key begins. */
  readonly prefix: string;
  readonly userId: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly createdAt: number;
}

export interface NewApiKey {
  readonly name: string;
  /** Default: what the creator may do in this workspace, without the platform's scopes. */
  readonly scopes?: readonly Scope[] | undefined;
  /** UTC milliseconds; null: until it is revoked. */
  readonly expiresAt?: number | null | undefined;
}

/**
 * Makes a key of this workspace with at most the creator's scopes. `secret` is shown this once. Throws `forbidden`
 * for a scope that the creator does not hold.
 */
export async function createApiKey(
  ctx: Ctx,
  input: NewApiKey,
): Promise<ApiKey & { readonly secret: string }> {
  requireScope(ctx, "api_keys:write");
  const { workspaceId } = ctx;
  const userId = await ownerOf(ctx);
  const { name, expiresAt = null } = input;
  const scopes = [
    ...new Set(input.scopes ?? [...ctx.actor.scopes].filter((scope) => ROLES.owner.has(scope))),
  ];
  const beyond = scopes.filter((scope) => !ctx.actor.scopes.has(scope));
  if (beyond.length > 0) {
    throw new AppError("forbidden", `You can't give what you don't hold: ${beyond.join(", ")}`);
  }
  if (expiresAt !== null && expiresAt <= ctx.now()) throw invalid("expires_at", "must be in the future");
  const secret = `${KEY_PREFIX}${newSecret(32)}`;
  const keyHash = await sha256Hex(secret);
  const row = {
    id: newId("apiKey"),
    userId,
    name,
    prefix: secret.slice(0, KEY_PREFIX.length + 6),
    keyHash,
    scopes,
    expiresAt,
  };
  const createdAt = await ctx.transact(async (tx) => {
    await insertApiKey(tx, { ...row, createdAt: tx.now() });
    await audit(tx, { action: "api_key.create", subjectId: row.id, detail: { name, scopes, expiresAt } });
    return tx.now();
  });
  return { ...toApiKey({ ...row, createdAt, workspaceId, lastUsedAt: null, revokedAt: null }), secret };
}

/** A key made by a key belongs to the same user; one made at the command line to the workspace's first owner. */
async function ownerOf(ctx: Ctx): Promise<string> {
  const { actor } = ctx;
  if (actor.kind === "user") return actor.id;
  if (actor.kind === "api_key") return actor.ownerId;
  const owner = (await selectMembers(ctx, { after: null, limit: 200 })).find(({ role }) => role === "owner");
  if (owner === undefined) {
    throw new AppError("conflict", "The workspace has no owner to whom a key could belong");
  }
  return owner.userId;
}

export function toApiKey(row: ApiKeyRow): ApiKey {
  const { id, name, prefix, userId, scopes, expiresAt, lastUsedAt, createdAt } = row;
  return { id, name, prefix, userId, scopes, expiresAt, lastUsedAt, createdAt };
}

/** The workspace's keys, newest first. `lastUsedAt` is at most a minute behind. */
export async function listApiKeys(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<ApiKey>> {
  requireScope(ctx, "api_keys:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectApiKeys(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: toApiKey });
}

/** The key is refused from now on. */
export async function revokeApiKey(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "api_keys:write");
  await ctx.transact(async (tx) => {
    if (!await revokeApiKeyRow(tx, id)) throw notFound("API key", id);
    await audit(tx, { action: "api_key.revoke", subjectId: id });
    tx.afterCommit(() => verifiedOf(tx.ports).forget({ keyId: id }));
  });
}

/**
 * Writes when keys were last used, for all that were used since the last call: requests only note it in memory.
 * Call it about once a minute and before the process ends. Resolves to how many.
 */
export async function flushKeyUse(ctx: Ctx): Promise<number> {
  const verified = verifiedOf(ctx.ports);
  const uses = verified.keyUse;
  if (uses.size === 0) return 0;
  verified.keyUse = new Map();
  try {
    await ctx.transact((tx) => updateKeyUse(tx, uses));
  } catch (thrown) {
    verified.keyUse = new Map([...uses, ...verified.keyUse]);
    throw thrown;
  }
  return uses.size;
}
