import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import {
  deliveryAttempts as attempts,
  notificationDeliveries as deliveries,
  notifications,
} from "../../db/schema/notifications.ts";
import { notificationPreferences as preferences, quietHours } from "../../db/schema/notification-peace.ts";
import { listed } from "../../db/statement.ts";
import type { Ctx, Tx } from "../context.ts";
import { MERGED_INTO } from "./policy.ts";
import type { DeliveryRow } from "./store-deliveries.ts";

/** Whom the deliveries went to: a contact, and every address that is known of it. */
export interface Reached {
  readonly contactId: string;
  readonly addresses: readonly string[];
}

/** Two searches, each by its index: an OR of them would walk every delivery of the workspace. */
const to = (at: Ctx, { contactId, addresses }: Reached) =>
  sql`${deliveries.id} in (
    select id from notification_deliveries where workspace_id = ${at.workspaceId} and contact_id = ${contactId}
    union select id from notification_deliveries
    where workspace_id = ${at.workspaceId} and recipient in ${listed(addresses)} and channel <> 'in_app')`;

export async function selectDeliveriesTo(at: Ctx, reached: Reached): Promise<DeliveryRow[]> {
  return await at.db.select().from(deliveries).where(to(at, reached)).orderBy(asc(deliveries.id));
}

/** Takes the words and the address out of what went to somebody; what has not gone yet never will. */
export async function emptyDeliveriesTo(tx: Tx, reached: Reached): Promise<void> {
  const of = tx.db.select({ id: deliveries.notificationId }).from(deliveries).where(to(tx, reached));
  await tx.db.update(notifications).set({ data: {}, subject: null, text: null, html: null })
    .where(and(eq(notifications.workspaceId, tx.workspaceId), sql`bulk = 0`, inArray(notifications.id, of)));
  const ids = tx.db.select({ id: deliveries.id }).from(deliveries).where(to(tx, reached));
  await tx.db.update(attempts).set({ detail: null })
    .where(and(eq(attempts.workspaceId, tx.workspaceId), inArray(attempts.deliveryId, ids)));
  const unlessPending = (otherwise: SQL, kept: SQL) =>
    sql`case when ${deliveries.state} = 'pending' then ${otherwise} else ${kept} end`;
  await tx.db.update(deliveries).set({
    recipient: "",
    subject: null,
    text: null,
    html: null,
    extra: null,
    externalId: null,
    reason: unlessPending(sql`'erased'`, sql`null`),
    state: unlessPending(sql`'skipped'`, sql`${deliveries.state}`),
  }).where(to(tx, reached));
}

/** Deletes what was told about these subjects, with its deliveries and their words. */
export async function deleteAbout(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  await deleteThese(tx, about(tx, subjectIds));
}

const about = (at: Ctx, subjectIds: readonly string[]) =>
  sql`${notifications.workspaceId} = ${at.workspaceId} and ${notifications.subjectId} in ${
    listed(subjectIds)
  }`;

/** What told of them together with others (digest.ts) goes whole: nobody could take their part out of it. */
async function deleteThese(tx: Tx, which: SQL): Promise<void> {
  const together = sql`select substr(told.reason, ${MERGED_INTO.length + 1}) from ${notifications}
    join notification_deliveries told on told.notification_id = ${notifications.id}
    where ${which} and told.reason glob ${`${MERGED_INTO}*`}`;
  await tx.db.delete(notifications).where(sql`${notifications.workspaceId} = ${tx.workspaceId}
    and ${notifications.id} in (select d.notification_id from notification_deliveries d where d.id in (${together}))`);
  await tx.db.delete(notifications).where(which);
}

/**
 * Deletes what was told about these subjects and names one of the marks: in its key, or as what a webhook was told. What
 * else was told about them stays.
 */
export async function deleteMarked(
  tx: Tx,
  { subjectIds, marks }: { subjectIds: readonly string[]; marks: readonly string[] },
): Promise<void> {
  const named = (text: SQL) =>
    sql`exists (select 1 from json_each(${JSON.stringify(marks)}) mark where instr(${text}, mark.value) > 0)`;
  await deleteThese(
    tx,
    sql`${about(tx, subjectIds)}
    and (${named(sql`${notifications.key}`)} or exists (select 1 from notification_deliveries told
      where told.notification_id = ${notifications.id} and told.channel = 'webhook'
        and ${named(sql`told.text`)}))`,
  );
}

const OCCASION = ":event:";

/** Deletes what rules told under some subjects on account of others: their keys say which event it was. */
export async function deleteToldUnder(
  tx: Tx,
  { places, of }: { places: readonly string[]; of: readonly string[] },
): Promise<void> {
  if (places.length === 0) return;
  const { key } = notifications;
  await deleteThese(
    tx,
    sql`${about(tx, places)} and ${key} glob ${`rule:*${OCCASION}*`} and exists (select 1 from events told_of
      where told_of.seq = cast(substr(${key}, instr(${key}, ${OCCASION}) + ${OCCASION.length}) as integer)
        and told_of.workspace_id = ${tx.workspaceId}
        and (told_of.subject_id in ${listed(of)} or told_of.conversation_id in ${listed(of)}))`,
  );
}

/** Takes somebody out of what is to go to many. */
export async function dropFromChunks(tx: Tx, { contactId, addresses }: Reached): Promise<void> {
  const them = listed([contactId, ...addresses]);
  await tx.db.run(sql`
    update notification_chunks set recipients = (
      select coalesce(json_group_array(json(value)), '[]') from json_each(recipients)
      where value ->> 'recipient' not in ${them})
    where workspace_id = ${tx.workspaceId} and done_at is null and exists (
      select 1 from json_each(recipients) where value ->> 'recipient' in ${them})`);
}

/** Of a mark, `template channel address`: neither of the first two has a space. As the indexes say, word for word. */
const ADDRESS_OF_MARK =
  sql`substr(mark, instr(mark, ' ') + 1 + instr(substr(mark, instr(mark, ' ') + 1), ' '))`;

/** What somebody wants to hear, and when. */
export async function selectPeaceOf(at: Ctx, ownerId: string) {
  const wants = await at.db.select().from(preferences)
    .where(and(eq(preferences.workspaceId, at.workspaceId), eq(preferences.ownerId, ownerId)));
  const quiet = await at.db.select().from(quietHours)
    .where(and(eq(quietHours.workspaceId, at.workspaceId), eq(quietHours.ownerId, ownerId)));
  return { wants, quiet };
}

export async function deletePeaceOf(tx: Tx, { contactId, addresses }: Reached): Promise<void> {
  await tx.db.delete(preferences)
    .where(and(eq(preferences.workspaceId, tx.workspaceId), eq(preferences.ownerId, contactId)));
  await tx.db.delete(quietHours)
    .where(and(eq(quietHours.workspaceId, tx.workspaceId), eq(quietHours.ownerId, contactId)));
  const theirs = sql`${ADDRESS_OF_MARK} in ${listed(addresses)}`;
  await tx.db.run(
    sql`delete from throttle_marks indexed by throttle_marks_address where workspace_id = ${tx.workspaceId} and ${theirs}`,
  );
  await tx.db.run(sql`delete from notification_digests where workspace_id = ${tx.workspaceId} and ${theirs}
    and not exists (select 1 from notification_deliveries d
      where d.digest_id = notification_digests.id and d.state = 'pending')`);
}
