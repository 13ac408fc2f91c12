import { and, count, desc, eq, lt, sql } from "drizzle-orm";
import { notificationDeliveries as deliveries, notifications } from "../../db/schema/notifications.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { inAppOf, SHOWN, type ShownDelivery, walkedByState } from "./store-history.ts";

export interface InboxFilter {
  readonly userId: string;
  readonly before: string | null;
  readonly limit: number;
  readonly unread: boolean;
}

const unreadOf = (at: Ctx, userId: string) => and(inAppOf(at, userId), eq(deliveries.state, "delivered"));

export async function selectInbox(
  at: Ctx,
  { userId, before, limit, unread }: InboxFilter,
): Promise<ShownDelivery[]> {
  const states = unread ? ["delivered"] as const : ["delivered", "read"] as const;
  return await at.db.select(SHOWN).from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(walkedByState({ states, before, limit }, inAppOf(at, userId)))
    .orderBy(desc(deliveries.id)).limit(limit);
}

/** Counted up to `most`. */
export async function countUnread(
  at: Ctx,
  { userId, most }: { userId: string; most: number },
): Promise<number> {
  const some = at.db.select({ id: deliveries.id }).from(deliveries).where(unreadOf(at, userId)).limit(
    most,
  )
    .as("some");
  const [row] = await at.db.select({ total: count() }).from(some);
  return row?.total ?? 0;
}

/** The ids of what the user has not read, the newest first. */
export async function selectUnread(
  at: Ctx,
  { userId, before, limit }: { userId: string; before: string | null; limit: number },
): Promise<string[]> {
  const rows = await at.db.select({ id: deliveries.id }).from(deliveries)
    .where(and(unreadOf(at, userId), before === null ? undefined : lt(deliveries.id, before)))
    .orderBy(desc(deliveries.id)).limit(limit);
  return rows.map(({ id }) => id);
}

/** Resolves to how many of these were unread. */
export async function markRead(
  tx: Tx,
  { userId, ids }: { userId: string; ids: readonly string[] },
): Promise<number> {
  const now = tx.now();
  const { rowsAffected } = await tx.db.update(deliveries).set({ state: "read", readAt: now, stateAt: now })
    .where(and(unreadOf(tx, userId), sql`${deliveries.id} in ${listed(ids)}`));
  return rowsAffected;
}
