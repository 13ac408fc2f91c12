import { and, eq, inArray, sql } from "drizzle-orm";
import {
  type DeliveryState,
  notificationDeliveries as deliveries,
  notifications,
  type NotifyChannel,
} from "../../db/schema/notifications.ts";
import { statement } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";

export type DeliveryRow = typeof deliveries.$inferSelect;

const p = sql.placeholder;

const insertOne = statement((db) =>
  db.insert(deliveries).values({
    id: p("id"),
    workspaceId: p("workspaceId"),
    notificationId: p("notificationId"),
    channel: p("channel"),
    recipient: p("recipient"),
    userId: p("userId"),
    contactId: p("contactId"),
    locale: p("locale"),
    subject: p("subject"),
    text: p("text"),
    html: p("html"),
    extra: p("extra"),
    state: p("state"),
    reason: p("reason"),
    nextTryAt: p("nextTryAt"),
    digestId: p("digestId"),
    createdAt: p("now"),
    stateAt: p("now"),
    deliveredAt: p("deliveredAt"),
  }).prepare()
);

export interface NewDelivery {
  readonly id: string;
  readonly notificationId: string;
  readonly channel: NotifyChannel;
  readonly recipient: string;
  readonly userId: string | null;
  readonly contactId: string | null;
  readonly locale: string;
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly extra: Record<string, unknown> | null;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly nextTryAt: number | null;
  readonly digestId: string | null;
}

export async function insertDelivery(tx: Tx, fresh: NewDelivery): Promise<void> {
  const now = tx.now();
  const deliveredAt = fresh.state === "delivered" ? now : null;
  await insertOne(tx, { ...fresh, workspaceId: tx.workspaceId, now, deliveredAt });
}

const { id, channel, state, reason } = deliveries;

const ofNotification = statement((db) =>
  db.select({ id, channel, state, reason }).from(deliveries).where(and(
    eq(deliveries.notificationId, p("notificationId")),
    sql`+${deliveries.workspaceId} = ${p("workspaceId")}`, // by the notification, not by all there are
  )).orderBy(deliveries.id).prepare()
);

/** What became of each, without its words: of a notification to many, too many to be read at once. */
export async function selectDeliveriesOf(
  at: Ctx,
  notificationId: string,
): Promise<Pick<DeliveryRow, "id" | "channel" | "state" | "reason">[]> {
  return await ofNotification(at, { notificationId, workspaceId: at.workspaceId });
}

export async function selectDelivery(at: Ctx, id: string): Promise<DeliveryRow | null> {
  const [row] = await at.db.select().from(deliveries)
    .where(and(eq(deliveries.id, id), eq(deliveries.workspaceId, at.workspaceId)));
  return row ?? null;
}

/** A delivery with the words and the priority of its notification. */
export interface Due {
  readonly delivery: DeliveryRow;
  readonly notification: Pick<
    typeof notifications.$inferSelect,
    | "id"
    | "template"
    | "category"
    | "priority"
    | "subjectId"
    | "data"
    | "subject"
    | "text"
    | "html"
    | "bulk"
    | "cancelledAt"
  >;
}

const DUE = {
  delivery: deliveries,
  notification: {
    id: notifications.id,
    template: notifications.template,
    category: notifications.category,
    priority: notifications.priority,
    subjectId: notifications.subjectId,
    data: notifications.data,
    subject: notifications.subject,
    text: notifications.text,
    html: notifications.html,
    bulk: notifications.bulk,
    cancelledAt: notifications.cancelledAt,
  },
};

const theseDue = statement((db) =>
  db.select(DUE).from(deliveries).innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(and(
      eq(deliveries.workspaceId, p("workspaceId")),
      sql`${deliveries.id} in (select value from json_each(${p("ids")}))`,
      inArray(deliveries.state, ["pending", "sending"]),
    )).prepare()
);

/** Those of them that are not at an end. */
export async function selectDue(at: Ctx, ids: readonly string[]): Promise<Due[]> {
  return await theseDue(at, { workspaceId: at.workspaceId, ids: JSON.stringify(ids) });
}

const claimThese = statement((db) =>
  db.update(deliveries).set({
    state: "sending",
    stateAt: sql`${p("now")}`,
    tries: sql`${deliveries.tries} + 1`,
  })
    .where(and(
      eq(deliveries.workspaceId, p("workspaceId")),
      sql`${deliveries.id} in (select value from json_each(${p("ids")}))`,
      eq(deliveries.state, "pending"),
    )).returning({ id: deliveries.id, tries: deliveries.tries }).prepare()
);

/** `pending` ones become `sending`; resolves to those that did. */
export async function claimDeliveries(
  tx: Tx,
  ids: readonly string[],
): Promise<{ id: string; tries: number }[]> {
  return await claimThese(tx, { workspaceId: tx.workspaceId, ids: JSON.stringify(ids), now: tx.now() });
}

/** How a delivery goes on; what is not named stays as it is. */
export interface DeliveryChange {
  readonly id: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly provider?: string;
  readonly providerAt?: number;
  /** From now on only `provider` may try it. */
  readonly pinned?: true;
  readonly round?: number;
  readonly externalId?: string | null;
  readonly nextTryAt?: number | null;
}

/**
 * An end that somebody told of is not undone by a late answer of ours. The unary plus keeps SQLite from walking all
 * open deliveries in search of these few.
 */
const settleThese = (tx: Tx, changes: readonly DeliveryChange[]) =>
  sql`with change as (
      select value ->> 'id' as id, value ->> 'state' as state, value ->> 'reason' as reason,
        value ->> 'provider' as provider, value ->> 'providerAt' as provider_at, value ->> 'round' as round,
        value ->> 'pinned' as pinned, value ->> 'externalId' as external_id, value ->> 'nextTryAt' as next_try_at
      from json_each(${JSON.stringify(changes)})
    )
    update notification_deliveries as d set
      state = c.state, reason = c.reason, state_at = ${tx.now()},
      provider = coalesce(c.provider, d.provider),
      provider_at = coalesce(c.provider_at, d.provider_at),
      round = coalesce(c.round, d.round),
      pinned = coalesce(c.pinned, d.pinned),
      external_id = coalesce(c.external_id, d.external_id),
      next_try_at = c.next_try_at,
      sent_at = case when c.state in ('sent', 'delivered') then coalesce(d.sent_at, ${tx.now()}) else d.sent_at end,
      delivered_at = case when c.state = 'delivered' then ${tx.now()} else d.delivered_at end
    from change as c
    where d.id = c.id and +d.workspace_id = ${tx.workspaceId}
      and +d.state in ('pending', 'sending', 'outcome_unknown')
    returning id`;

/** Writes many at once; resolves to the ids of those that were still open. */
export async function settleDeliveries(tx: Tx, changes: readonly DeliveryChange[]): Promise<string[]> {
  if (changes.length === 0) return [];
  const rows = await tx.db.all<{ id: string }>(settleThese(tx, changes));
  return rows.map(({ id }) => id);
}

/** As if it had never been tried. */
export const UNTRIED = { state: "pending", round: 0, providerAt: 0, pinned: false, nextTryAt: null } as const;

/** Its tries stay. */
export async function restartDelivery(tx: Tx, id: string): Promise<void> {
  await tx.db.update(deliveries)
    .set({ ...UNTRIED, reason: null, stateAt: tx.now() })
    .where(and(eq(deliveries.id, id), eq(deliveries.workspaceId, tx.workspaceId)));
}
