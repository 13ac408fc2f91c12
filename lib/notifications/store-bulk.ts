import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import {
  bulkChunks as chunks,
  bulkCounts as counts,
  type BulkRecipient,
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

/** All of them in one statement, and the row that counts what becomes of them. */
export async function insertChunks(
  tx: Tx,
  { notificationId, rows }: { notificationId: string; rows: readonly NewChunk[] },
): Promise<void> {
  const size = rows.reduce((sum, { recipients }) => sum + recipients.length, 0);
  await tx.db.insert(counts).values({ notificationId, workspaceId: tx.workspaceId, size, waiting: size });
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
export async function endChunk(
  tx: Tx,
  { id, notificationId, size }: Pick<ChunkRow, "id" | "notificationId" | "size">,
): Promise<void> {
  await tx.db.update(chunks).set({ doneAt: tx.now(), recipients: [] })
    .where(and(eq(chunks.id, id), eq(chunks.workspaceId, tx.workspaceId)));
  await tx.db.update(counts).set({ waiting: sql`${counts.waiting} - ${size}` })
    .where(and(eq(counts.notificationId, notificationId), eq(counts.workspaceId, tx.workspaceId)));
}

/** Deliveries of a notification to many, in one statement, and counted. */
export async function insertDeliveries(
  tx: Tx,
  { notificationId, rows }: { notificationId: string; rows: readonly NewDelivery[] },
): Promise<void> {
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
  const added = [...Map.groupBy(rows, ({ state }) => state)]
    .map(([state, all]) => [state, sql`${counts[state]} + ${all.length}`]);
  await tx.db.update(counts).set(Object.fromEntries(added))
    .where(and(eq(counts.notificationId, notificationId), eq(counts.workspaceId, tx.workspaceId)));
}

export type CountsRow = typeof counts.$inferSelect;

/** A notification to many, and how far it has come. */
export interface CountedBulk {
  readonly row: NotificationRow;
  readonly counted: CountsRow;
}

const counted = (at: Ctx) =>
  at.db.select({ row: notifications, counted: counts }).from(notifications)
    .innerJoin(counts, eq(counts.notificationId, notifications.id));

export async function selectBulk(at: Ctx, id: string): Promise<CountedBulk | null> {
  const [found] = await counted(at)
    .where(and(eq(notifications.id, id), eq(notifications.workspaceId, at.workspaceId), sql`bulk = 1`));
  return found ?? null;
}

export async function selectBulks(
  at: Ctx,
  { before, limit }: { before: string | null; limit: number },
): Promise<CountedBulk[]> {
  return await counted(at).where(and(
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
