import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { businessConfigs, type Channel, channelAccounts } from "../../db/schema/conversations.ts";
import { memberships, users, workspaces } from "../../db/schema/identity.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type ChannelAccountRow = typeof channelAccounts.$inferSelect;

const p = sql.placeholder;

const byId = statement((db) =>
  db.select().from(channelAccounts)
    .where(and(eq(channelAccounts.id, p("id")), eq(channelAccounts.workspaceId, p("workspaceId")))).prepare()
);

export async function selectAccount(at: Ctx, id: string): Promise<ChannelAccountRow | null> {
  const [row] = await byId(at, { id, workspaceId: at.workspaceId });
  return row ?? null;
}

const byKey = statement((db) =>
  db.select().from(channelAccounts).where(eq(channelAccounts.key, p("key"))).prepare()
);

/** Of any workspace: a key is unique over all, it says which workspace a visitor comes to. */
export async function selectAccountByKey(at: Ctx, key: string): Promise<ChannelAccountRow | null> {
  const [row] = await byKey(at, { key });
  return row ?? null;
}

export async function selectAccounts(at: Ctx, channel?: Channel): Promise<ChannelAccountRow[]> {
  return await at.db.select().from(channelAccounts).where(and(
    eq(channelAccounts.workspaceId, at.workspaceId),
    channel === undefined ? undefined : eq(channelAccounts.channel, channel),
  )).orderBy(asc(channelAccounts.id));
}

/** False when another account has the key. */
export async function insertAccount(
  tx: Tx,
  fresh: Omit<ChannelAccountRow, "workspaceId" | "createdAt" | "pausedUntil" | "pauseReason">,
): Promise<boolean> {
  const made = await tx.db.insert(channelAccounts)
    .values({ ...fresh, workspaceId: tx.workspaceId, createdAt: tx.now() }).onConflictDoNothing();
  return made.rowsAffected === 1;
}

export async function updateAccount(
  tx: Tx,
  id: string,
  change: Partial<Omit<ChannelAccountRow, "id" | "workspaceId" | "channel" | "createdAt">>,
): Promise<void> {
  await tx.db.update(channelAccounts).set(change)
    .where(and(eq(channelAccounts.id, id), eq(channelAccounts.workspaceId, tx.workspaceId)));
}

const configOf = statement((db) =>
  db.select().from(businessConfigs).where(eq(businessConfigs.workspaceId, p("workspaceId"))).prepare()
);

export async function selectBusiness(
  at: Ctx,
): Promise<{ config: Record<string, unknown>; updatedAt: number } | null> {
  const [row] = await configOf(at, { workspaceId: at.workspaceId });
  return row ?? null;
}

export async function upsertBusiness(tx: Tx, config: Record<string, unknown>): Promise<void> {
  const updatedAt = tx.now();
  await tx.db.insert(businessConfigs).values({ workspaceId: tx.workspaceId, config, updatedAt })
    .onConflictDoUpdate({ target: businessConfigs.workspaceId, set: { config, updatedAt } });
}

const workspaceOf = statement((db) =>
  db.select({ name: workspaces.name, sample: workspaces.sample }).from(workspaces)
    .where(eq(workspaces.id, p("id"))).prepare()
);

/** The workspace's name and whether it still is the sample business. */
export async function selectWorkspace(at: Ctx): Promise<{ name: string; sample: boolean } | null> {
  const [row] = await workspaceOf(at, { id: at.workspaceId });
  return row ?? null;
}

export async function updateSample(tx: Tx, sample: boolean): Promise<void> {
  await tx.db.update(workspaces).set({ sample }).where(eq(workspaces.id, tx.workspaceId));
}

/** Addresses of those who answer customers. */
export async function selectOperatorEmails(at: Ctx): Promise<string[]> {
  const rows = await at.db.select({ email: users.email }).from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(
      eq(memberships.workspaceId, at.workspaceId),
      inArray(memberships.role, ["owner", "admin", "operator"]),
      isNull(users.disabledAt),
    )).orderBy(asc(users.email)).limit(50);
  return rows.map(({ email }) => email);
}

/** Workspaces that delete old conversations, for the daily turn of the platform. */
export async function selectRetentions(at: Ctx): Promise<{ workspaceId: string; days: number }[]> {
  return await at.db.select({
    workspaceId: businessConfigs.workspaceId,
    days: sql<number>`json_extract(config, '$.retention_days')`,
  }).from(businessConfigs).where(sql`json_extract(config, '$.retention_days') > 0`);
}
