import { and, count, desc, eq, inArray, lt } from "drizzle-orm";
import { notificationDeliveries as deliveries, notifications } from "../../db/schema/notifications.ts";
import type { Ctx, Tx } from "../context.ts";
import { SHOWN, type ShownDelivery } from "./store-history.ts";

export interface InboxFilter {
  readonly userId: string;
  readonly before: string | null;
  readonly limit: number;
  readonly unread: boolean;
}

const ofUser = (at: Ctx, userId: string, unread: boolean) =>
  and(
    eq(deliveries.workspaceId, at.workspaceId),
    eq(deliveries.userId, userId),
    eq(deliveries.channel, "in_app"),
    unread ? eq(deliveries.state, "delivered") : inArray(deliveries.state, ["delivered", "read"]),
  );

export async function selectInbox(
  at: Ctx,
  { userId, before, limit, unread }: InboxFilter,
): Promise<ShownDelivery[]> {
  return await at.db.select(SHOWN).from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(and(ofUser(at, userId, unread), before === null ? undefined : lt(deliveries.id, before)))
    .orderBy(desc(deliveries.id)).limit(limit);
}

/** Counted up to `most`. */
export async function countUnread(
  at: Ctx,
  { userId, most }: { userId: string; most: number },
): Promise<number> {
  const some = at.db.select({ id: deliveries.id }).from(deliveries).where(ofUser(at, userId, true)).limit(
    most,
  )
    .as("some");
  const [row] = await at.db.select({ total: count() }).from(some);
  return row?.total ?? 0;
}

/** Resolves to the ids that were unread; `ids` null: all of the user's. */
export async function markRead(
  tx: Tx,
  { userId, ids }: { userId: string; ids: readonly string[] | null },
): Promise<string[]> {
  const now = tx.now();
  const rows = await tx.db.update(deliveries).set({ state: "read", readAt: now, stateAt: now })
    .where(and(ofUser(tx, userId, true), ids === null ? undefined : inArray(deliveries.id, [...ids])))
    .returning({ id: deliveries.id });
  return rows.map(({ id }) => id);
}
