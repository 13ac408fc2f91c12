import { and, asc, eq, gt, sql } from "drizzle-orm";
import { pushSubscriptions as subscriptions } from "../../db/schema/notifications.ts";
import { statement, statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type PushSubscriptionRow = typeof subscriptions.$inferSelect;

const p = sql.placeholder;

const ofUser = statement((db) =>
  db.select().from(subscriptions).where(and(
    eq(subscriptions.workspaceId, p("workspaceId")),
    eq(subscriptions.userId, p("userId")),
  )).orderBy(asc(subscriptions.id)).prepare()
);

export async function selectSubscriptionsOf(at: Ctx, userId: string): Promise<PushSubscriptionRow[]> {
  return await ofUser(at, { workspaceId: at.workspaceId, userId });
}

const byId = statementOne((db) =>
  db.select().from(subscriptions)
    .where(and(eq(subscriptions.id, p("id")), eq(subscriptions.workspaceId, p("workspaceId")))).prepare()
);

export async function selectSubscription(at: Ctx, id: string): Promise<PushSubscriptionRow | null> {
  return await byId(at, { id, workspaceId: at.workspaceId }) ?? null;
}

export async function selectSubscriptions(
  at: Ctx,
  { userId, after, limit }: { userId: string; after: string | null; limit: number },
): Promise<PushSubscriptionRow[]> {
  return await at.db.select().from(subscriptions).where(and(
    eq(subscriptions.workspaceId, at.workspaceId),
    eq(subscriptions.userId, userId),
    after === null ? undefined : gt(subscriptions.id, after),
  )).orderBy(asc(subscriptions.id)).limit(limit);
}

/** The same browser again keeps its row. */
export async function upsertSubscription(
  tx: Tx,
  row: Pick<PushSubscriptionRow, "id" | "userId" | "endpoint" | "p256dh" | "auth" | "userAgent">,
): Promise<PushSubscriptionRow> {
  const { userId, p256dh, auth, userAgent } = row;
  const [stands] = await tx.db.insert(subscriptions)
    .values({ ...row, workspaceId: tx.workspaceId, createdAt: tx.now() })
    .onConflictDoUpdate({
      target: [subscriptions.workspaceId, subscriptions.endpoint],
      set: { userId, p256dh, auth, userAgent },
    }).returning();
  if (stands === undefined) throw new Error("An insert returned no row");
  return stands;
}

/** `userId` null: whoever's it is. */
export async function deleteSubscription(
  tx: Tx,
  { id, userId }: { id: string; userId: string | null },
): Promise<boolean> {
  const { rowsAffected } = await tx.db.delete(subscriptions).where(and(
    eq(subscriptions.id, id),
    eq(subscriptions.workspaceId, tx.workspaceId),
    userId === null ? undefined : eq(subscriptions.userId, userId),
  ));
  return rowsAffected === 1;
}
