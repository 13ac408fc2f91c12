import { and, asc, inArray, lt, sql } from "drizzle-orm";
import { notificationDeliveries as deliveries, notifications } from "../../db/schema/notifications.ts";
import type { Ctx, Tx } from "../context.ts";

/** Deliveries of all workspaces that should have moved by now, the longest untouched first. */
export async function selectForgotten(
  ctx: Ctx,
  { before, limit }: { before: number; limit: number },
): Promise<{ id: string; workspaceId: string }[]> {
  return await ctx.db.select({ id: deliveries.id, workspaceId: deliveries.workspaceId }).from(deliveries)
    .where(and(
      sql`state in ('pending', 'sending')`, // as the index of what waits says
      lt(deliveries.stateAt, before),
      sql`coalesce(${deliveries.nextTryAt}, 0) < ${before}`,
      // What WhatsApp's own queue has is its to move.
      sql`(${deliveries.state} = 'pending' or ${deliveries.channel} <> 'whatsapp')`,
    )).orderBy(asc(deliveries.stateAt)).limit(limit);
}

/**
 * Of all workspaces, with their deliveries and tries; of one to many first a part of its deliveries, so that no commit
 * holds up the others. Resolves to the rows that went; less than `limit`: nothing old is left.
 */
export async function deleteOldNotifications(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const old = tx.db.select({ id: notifications.id }).from(notifications).where(
    lt(notifications.createdAt, before),
  )
    .orderBy(asc(notifications.createdAt)).limit(limit);
  const some = tx.db.select({ id: deliveries.id }).from(deliveries).where(
    inArray(deliveries.notificationId, old),
  ).limit(limit);
  const parts = (await tx.db.delete(deliveries).where(inArray(deliveries.id, some))).rowsAffected;
  if (parts >= limit) return parts;
  return parts + (await tx.db.delete(notifications).where(inArray(notifications.id, old))).rowsAffected;
}
