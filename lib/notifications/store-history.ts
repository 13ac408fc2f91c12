import { and, desc, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import {
  DELIVERY_STATES,
  type DeliveryState,
  notificationDeliveries as deliveries,
  notifications,
  type NotifyChannel,
} from "../../db/schema/notifications.ts";
import type { Ctx } from "../context.ts";
import type { DeliveryRow } from "./store-deliveries.ts";

export interface HistoryFilter {
  readonly before: string | null;
  readonly limit: number;
  readonly channel?: NotifyChannel | undefined;
  readonly states?: readonly DeliveryState[] | undefined;
  readonly notificationId?: string | undefined;
  readonly recipient?: string | undefined;
  readonly subjectId?: string | undefined;
}

/** A delivery with what its notification says of it. */
export const SHOWN = {
  delivery: deliveries,
  notification: {
    template: notifications.template,
    category: notifications.category,
    priority: notifications.priority,
    subjectId: notifications.subjectId,
    subject: notifications.subject,
    text: notifications.text,
  },
};

export interface ShownDelivery {
  readonly delivery: DeliveryRow;
  readonly notification: Pick<
    typeof notifications.$inferSelect,
    "template" | "category" | "priority" | "subjectId" | "subject" | "text"
  >;
}

/** The newest first. */
export async function selectHistory(at: Ctx, filter: HistoryFilter): Promise<ShownDelivery[]> {
  const { recipient, channel, notificationId, subjectId, limit } = filter;
  const to = recipient === undefined ? undefined : sql`+${deliveries.recipient} = ${recipient}`;
  if (notificationId !== undefined) {
    const which = and(eq(deliveries.notificationId, notificationId), to, ofChannel(channel));
    return await historyOf(at, filter, walkedByState(filter, which));
  }
  if (subjectId !== undefined) return await historyOf(at, filter, and(aboutSubject(at, subjectId), to));
  if (recipient === undefined) return await historyOf(at, filter, undefined);
  // What is read in the app is found by its user, what goes to an address by that: each by its own index.
  const addressed = and(eq(deliveries.recipient, recipient), sql`channel <> 'in_app'`);
  const inApp = walkedByState(filter, inAppOf(at, recipient));
  if (channel !== undefined) return await historyOf(at, filter, channel === "in_app" ? inApp : addressed);
  const both = await Promise.all([addressed, inApp].map((which) => historyOf(at, filter, which)));
  return both.flat().sort((a, b) => a.delivery.id < b.delivery.id ? 1 : -1).slice(0, limit);
}

/** All that was told about one thing is little: it is read as a whole, and sorted. */
const aboutSubject = (at: Ctx, subjectId: string) =>
  sql`${deliveries.id} in (select told.id from ${notifications} n cross join ${deliveries} told
    on told.notification_id = n.id where n.workspace_id = ${at.workspaceId} and n.subject_id = ${subjectId})`;

const ofChannel = (channel: NotifyChannel | undefined) =>
  channel === undefined ? undefined : eq(deliveries.channel, channel);

/** What a user reads in the app. */
export const inAppOf = (at: Ctx, userId: string) =>
  and(eq(deliveries.workspaceId, at.workspaceId), eq(deliveries.userId, userId), sql`channel = 'in_app'`);

/** Where an index has the state before the id each state is a walk of its own, none longer than a page. */
export function walkedByState(
  { states = DELIVERY_STATES, before, limit }: Pick<HistoryFilter, "states" | "before" | "limit">,
  which: SQL | undefined,
): SQL {
  const earlier = before === null ? undefined : lt(deliveries.id, before);
  const walks = states.map((state) =>
    sql`select id from (select id from ${deliveries} where ${
      and(which, eq(deliveries.state, state), earlier)
    } order by id desc limit ${limit})`
  );
  return sql`${deliveries.id} in (${sql.join(walks, sql` union all `)})`;
}

async function historyOf(at: Ctx, filter: HistoryFilter, which: SQL | undefined): Promise<ShownDelivery[]> {
  const { before, limit, channel, states, subjectId } = filter;
  return await at.db.select(SHOWN).from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(and(
      eq(deliveries.workspaceId, at.workspaceId),
      which,
      before === null ? undefined : lt(deliveries.id, before),
      ofChannel(channel),
      states === undefined ? undefined : inArray(deliveries.state, [...states]),
      subjectId === undefined ? undefined : eq(notifications.subjectId, subjectId),
    ))
    .orderBy(desc(deliveries.id)).limit(limit);
}

export async function selectShown(at: Ctx, id: string): Promise<ShownDelivery | null> {
  const [row] = await at.db.select(SHOWN).from(deliveries)
    .innerJoin(notifications, eq(notifications.id, deliveries.notificationId))
    .where(and(eq(deliveries.id, id), eq(deliveries.workspaceId, at.workspaceId)));
  return row ?? null;
}
