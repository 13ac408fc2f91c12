import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import { businessConfigs, type Channel, channelAccounts } from "../../db/schema/conversations.ts";
import { memberships, users, workspaces } from "../../db/schema/identity.ts";
import { blind, statement } from "../../db/statement.ts";
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

type NewAccountRow = Omit<ChannelAccountRow, "workspaceId" | "createdAt" | "pausedUntil" | "pauseReason">;

/** Of a key that nobody else can have. */
export async function insertOwnAccount(tx: Tx, fresh: NewAccountRow): Promise<ChannelAccountRow> {
  const { workspaceId } = tx;
  const row = { ...fresh, workspaceId, createdAt: tx.now(), pausedUntil: null, pauseReason: null };
  await blind(tx.db.insert(channelAccounts).values(row));
  return row;
}

/** False when another account has the key. */
export async function insertAccount(tx: Tx, fresh: NewAccountRow): Promise<boolean> {
  const made = await tx.db.insert(channelAccounts)
    .values({ ...fresh, workspaceId: tx.workspaceId, createdAt: tx.now() }).onConflictDoNothing();
  return made.rowsAffected === 1;
}

export async function updateAccount(
  tx: Tx,
  id: string,
  change: Partial<Omit<ChannelAccountRow, "id" | "workspaceId" | "channel" | "createdAt">>,
): Promise<void> {
  await blind(
    tx.db.update(channelAccounts).set(change)
      .where(and(eq(channelAccounts.id, id), eq(channelAccounts.workspaceId, tx.workspaceId))),
  );
}

const BUSINESS = {
  workspace: workspaces.name,
  sample: workspaces.sample,
  config: businessConfigs.config,
  updatedAt: businessConfigs.updatedAt,
};

const businessOf = statement((db) =>
  db.select(BUSINESS).from(workspaces).leftJoin(
    businessConfigs,
    eq(businessConfigs.workspaceId, workspaces.id),
  )
    .where(eq(workspaces.id, p("id"))).prepare()
);

export interface BusinessRow {
  /** The workspace's name. */
  readonly workspace: string;
  /** It still is the sample business. */
  readonly sample: boolean;
  /** What was saved; null: nothing yet. */
  readonly config: Record<string, unknown> | null;
  readonly updatedAt: number | null;
}

const chatByKey = statement((db) =>
  db.select({ account: channelAccounts, ...BUSINESS }).from(channelAccounts).innerJoin(
    workspaces,
    eq(workspaces.id, channelAccounts.workspaceId),
  )
    .leftJoin(businessConfigs, eq(businessConfigs.workspaceId, workspaces.id))
    .where(eq(channelAccounts.key, p("key"))).prepare()
);

/** An account of any workspace by its key, with the business that it belongs to. */
export async function selectDoor(
  at: Ctx,
  key: string,
): Promise<{ account: ChannelAccountRow; business: BusinessRow } | null> {
  const [row] = await chatByKey(at, { key });
  if (row === undefined) return null;
  const { account, ...business } = row;
  return { account, business };
}

const NO_BUSINESS: BusinessRow = { workspace: "", sample: false, config: null, updatedAt: null };

export async function selectBusiness(at: Ctx): Promise<BusinessRow> {
  const [row] = await businessOf(at, { id: at.workspaceId });
  return row ?? NO_BUSINESS;
}

export async function upsertBusiness(tx: Tx, config: Record<string, unknown>): Promise<void> {
  const updatedAt = tx.now();
  await blind(
    tx.db.insert(businessConfigs).values({ workspaceId: tx.workspaceId, config, updatedAt })
      .onConflictDoUpdate({ target: businessConfigs.workspaceId, set: { config, updatedAt } }),
  );
}

export async function updateSample(tx: Tx, sample: boolean): Promise<void> {
  await blind(tx.db.update(workspaces).set({ sample }).where(eq(workspaces.id, tx.workspaceId)));
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
export async function selectRetentions(at: Ctx): Promise<{ workspaceId: string }[]> {
  return await at.db.select({ workspaceId: businessConfigs.workspaceId }).from(businessConfigs).where(
    sql`json_extract(config, '$.retention_days') > 0`,
  );
}
