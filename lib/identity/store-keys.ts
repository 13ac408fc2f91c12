import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { apiKeys, memberships, users } from "../../db/schema/identity.ts";
import { blind, statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { Db } from "../ports/db.ts";

/** Where hot statements run: a context, or the ports before there is one. */
export interface At {
  readonly db: Db;
  readonly ports: { readonly database: { readonly db: Db } };
}

export type ApiKeyRow = typeof apiKeys.$inferSelect;

const KEY = {
  id: apiKeys.id,
  workspaceId: apiKeys.workspaceId,
  userId: apiKeys.userId,
  scopes: apiKeys.scopes,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  disabledAt: users.disabledAt,
  platformAdmin: users.platformAdmin,
  role: memberships.role,
};
const ofOwner = and(eq(memberships.userId, apiKeys.userId), eq(memberships.workspaceId, apiKeys.workspaceId));

const byHash = statementOne((db) =>
  db.select(KEY).from(apiKeys).innerJoin(users, eq(users.id, apiKeys.userId)).innerJoin(memberships, ofOwner)
    .where(eq(apiKeys.keyHash, sql.placeholder("hash"))).prepare()
);
const byId = statementOne((db) =>
  db.select(KEY).from(apiKeys).innerJoin(users, eq(users.id, apiKeys.userId)).innerJoin(memberships, ofOwner)
    .where(eq(apiKeys.id, sql.placeholder("id"))).prepare()
);

export type VerifiableKey = NonNullable<Awaited<ReturnType<typeof byHash>>>;

/** The key with its owner's standing in its workspace; null when the owner is no member any more. */
export async function selectKeyByHash(at: At, hash: string): Promise<VerifiableKey | null> {
  return await byHash(at, { hash }) ?? null;
}

export async function selectKeyById(at: At, id: string): Promise<VerifiableKey | null> {
  return await byId(at, { id }) ?? null;
}

export async function insertApiKey(
  tx: Tx,
  row: Omit<ApiKeyRow, "workspaceId" | "lastUsedAt" | "revokedAt">,
): Promise<void> {
  await blind(tx.db.insert(apiKeys).values({ ...row, workspaceId: tx.workspaceId }));
}

export async function selectApiKeys(
  ctx: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<ApiKeyRow[]> {
  return await ctx.db.select().from(apiKeys)
    .where(and(
      eq(apiKeys.workspaceId, ctx.workspaceId),
      isNull(apiKeys.revokedAt),
      before === null ? undefined : lt(apiKeys.id, before),
    ))
    .orderBy(desc(apiKeys.id)).limit(limit);
}

/** False when the workspace has no such key, or it is revoked already. */
export async function revokeApiKeyRow(tx: Tx, id: string): Promise<boolean> {
  const revoked = await tx.db.update(apiKeys).set({ revokedAt: tx.now() })
    .where(and(eq(apiKeys.id, id), eq(apiKeys.workspaceId, tx.workspaceId), isNull(apiKeys.revokedAt)));
  return revoked.rowsAffected === 1;
}

export async function revokeKeysOfUser(tx: Tx, userId: string): Promise<void> {
  await blind(
    tx.db.update(apiKeys).set({ revokedAt: tx.now() }).where(
      and(eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt)),
    ),
  );
}

const use = statement((db) =>
  db.update(apiKeys).set({ lastUsedAt: sql`${sql.placeholder("at")}` }).where(
    eq(apiKeys.id, sql.placeholder("id")),
  ).prepare()
);

/** Across workspaces: what `flushKeyUse` collected in memory. */
export async function updateKeyUse(tx: Tx, uses: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, at] of uses) await use(tx, { id, at });
}
