import { and, count, desc, eq, isNull, lt, sql, sum } from "drizzle-orm";
import {
  bulkChunks as chunks,
  type BulkRecipient,
  type DeliveryState,
  notificationDeliveries as deliveries,
  notifications,
} from "../../db/schema/notifications.ts";
import { statementOne } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import type { NotificationRow } from "./store.ts";
import type { NewDelivery } from "./store-deliveries.ts";

export type ChunkRow = typeof chunks.$inferSelect;
export type { BulkRecipient };

export interface NewChunk {
  readonly id: string;
  readonly recipients: readonly BulkRecipient[];
}

/** All of them in one statement. */
export async function insertChunks(
  tx: Tx,
  { notificationId, rows }: { notificationId: string; rows: readonly NewChunk[] },
): Promise<void> {
  await tx.db.run(sql`
    insert into notification_chunks (id, workspace_id, notification_id, recipients, size)
    select value ->> 'id', ${tx.workspaceId}, ${notificationId}, value -> 'recipients',
      json_array_length(value, '$.recipients')
    from json_each(${JSON.stringify(rows)})`);
}

const p = sql.placeholder;

const byId = statementOne((db) =>
  db.select().from(chunks)
    .where(and(eq(chunks.id, p("id")), eq(chunks.workspaceId, p("workspaceId")))).prepare()
);

export async function selectChunk(at: Ctx, id: string): Promise<ChunkRow | null> {
  return await byId(at, { id, workspaceId: at.workspaceId }) ?? null;
}

/** Its recipients are deliveries by now. */
export async function endChunk(tx: Tx, id: string): Promise<void> {
  await tx.db.update(chunks).set({ doneAt: tx.now(), recipients: [] })
    .where(and(eq(chunks.id, id), eq(chunks.workspaceId, tx.workspaceId)));
}

/** Many deliveries in one statement. */
export async function insertDeliveries(tx: Tx, rows: readonly NewDelivery[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.db.run(sql`
    insert into notification_deliveries (id, workspace_id, notification_id, channel, recipient, user_id,
      contact_id, locale, subject, text, html, state, reason, next_try_at, digest_id, created_at,
      state_at, delivered_at)
    select value ->> 'id', ${tx.workspaceId}, value ->> 'notificationId', value ->> 'channel',
      value ->> 'recipient', value ->> 'userId', value ->> 'contactId', value ->> 'locale', value ->> 'subject',
      value ->> 'text', value ->> 'html', value ->> 'state', value ->> 'reason', value ->> 'nextTryAt',
      value ->> 'digestId',       ${tx.now()}, ${tx.now()}, case when value ->> 'state' = 'delivered' then ${tx.now()} end
    from json_each(${JSON.stringify(rows)})`);
}

export async function countBulk(
  at: Ctx,
  notificationId: string,
): Promise<{ states: { state: DeliveryState; total: number }[]; size: number; waiting: number }> {
  const here = and(eq(chunks.notificationId, notificationId), eq(chunks.workspaceId, at.workspaceId));
  const states = await at.db.select({ state: deliveries.state, total: count() }).from(deliveries)
    .where(and(eq(deliveries.notificationId, notificationId), eq(deliveries.workspaceId, at.workspaceId)))
    .groupBy(deliveries.state);
  const [all] = await at.db.select({ size: sum(chunks.size) }).from(chunks).where(here);
  const [open] = await at.db.select({ size: sum(chunks.size) }).from(chunks).where(
    and(here, isNull(chunks.doneAt)),
  );
  return { states, size: Number(all?.size ?? 0), waiting: Number(open?.size ?? 0) };
}

export async function selectBulks(
  at: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<NotificationRow[]> {
  return await at.db.select().from(notifications).where(and(
    eq(notifications.workspaceId, at.workspaceId),
    sql`bulk = 1`,
    before === null ? undefined : lt(notifications.id, before),
  )).orderBy(desc(notifications.id)).limit(limit);
}

/** False when it was cancelled before. */
export async function cancelNotification(tx: Tx, id: string): Promise<boolean> {
  const { rowsAffected } = await tx.db.update(notifications).set({ cancelledAt: tx.now() }).where(and(
    eq(notifications.id, id),
    eq(notifications.workspaceId, tx.workspaceId),
    isNull(notifications.cancelledAt),
  ));
  return rowsAffected === 1;
}
