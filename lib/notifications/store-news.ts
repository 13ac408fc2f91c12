import { and, eq, inArray } from "drizzle-orm";
import {
  type DeliveryState,
  notificationDeliveries as deliveries,
  type NotifyChannel,
} from "../../db/schema/notifications.ts";
import type { Tx } from "../context.ts";

/** What a provider tells of a delivery after it took it. */
export interface News {
  readonly channel: NotifyChannel;
  /** The provider's id, unguessable and unique over all workspaces. */
  readonly externalId: string;
  readonly state: Extract<DeliveryState, "sent" | "delivered" | "read" | "failed" | "outcome_unknown">;
  readonly reason: string | null;
}

/** News come late, doubled and out of order: each state follows these only. */
const AFTER: Readonly<Record<News["state"], readonly DeliveryState[]>> = {
  sent: ["pending", "sending", "outcome_unknown"],
  outcome_unknown: ["pending", "sending", "sent"],
  failed: ["pending", "sending", "sent", "outcome_unknown"],
  delivered: ["pending", "sending", "sent", "outcome_unknown", "failed"],
  read: ["pending", "sending", "sent", "outcome_unknown", "failed", "delivered"],
};

/** False when no delivery has the id. */
export async function applyNews(tx: Tx, { channel, externalId, state, reason }: News): Promise<boolean> {
  const which = and(eq(deliveries.channel, channel), eq(deliveries.externalId, externalId));
  const now = tx.now();
  const { rowsAffected } = await tx.db.update(deliveries).set({
    state,
    reason,
    stateAt: now,
    ...(state === "delivered" ? { deliveredAt: now } : {}),
    ...(state === "read" ? { readAt: now } : {}),
  }).where(and(which, inArray(deliveries.state, [...AFTER[state]])));
  if (rowsAffected > 0) return true;
  const [row] = await tx.db.select({ id: deliveries.id }).from(deliveries).where(which).limit(1);
  return row !== undefined;
}
