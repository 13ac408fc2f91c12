import type { Tx } from "../context.ts";
import type { Locale } from "../identity/schemas.ts";
import { toLocale } from "../identity/schemas.ts";
import { enqueue, type JobCtx } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { newId } from "../kernel/ids.ts";
import { type Target, targetsOf } from "./audience.ts";
import { decide } from "./decide.ts";
import { deliverBulk } from "./jobs.ts";
import { DELIVERIES_A_JOB, PRIORITY_RANK } from "./policy.ts";
import { channelField } from "./schemas.ts";
import { type NotificationRow, selectNotification } from "./store.ts";
import { type BulkRecipient, endChunk, insertDeliveries, selectChunk } from "./store-bulk.ts";
import type { NewDelivery } from "./store-deliveries.ts";
import { renderText } from "./template.ts";

/**
 * Writes the deliveries of some recipients and the jobs that send them, in the commit that marks them as done: a
 * second run finds nothing left, so nobody is told twice.
 */
export async function fanOutChunk(ctx: JobCtx, { chunkId }: { chunkId: string }): Promise<void> {
  requireScope(ctx, "notifications:write");
  await ctx.transact(async (tx) => {
    await ctx.finish(tx);
    const chunk = await selectChunk(tx, chunkId);
    if (chunk === null || chunk.doneAt !== null) return;
    const notification = await selectNotification(tx, chunk.notificationId);
    if (notification !== null && notification.cancelledAt === null) {
      await writeDeliveries(tx, { notification, recipients: chunk.recipients });
    }
    await endChunk(tx, chunk);
  });
}

interface Some {
  readonly notification: NotificationRow;
  readonly recipients: readonly BulkRecipient[];
}

async function writeDeliveries(tx: Tx, { notification, recipients }: Some): Promise<void> {
  const channel = channelField.parse(notification.data["channel"]);
  const locale = toLocale(String(notification.data["locale"]));
  const rows: NewDelivery[] = [];
  for (const { recipient, data } of recipients) {
    const targets = await reach(tx, { channel, recipient, locale });
    for (const target of targets) rows.push(await rowOf(tx, { notification, target, data }));
  }
  await insertDeliveries(tx, { notificationId: notification.id, rows });
  const pending = rows.filter(({ state, digestId }) => state === "pending" && digestId === null);
  const priority = PRIORITY_RANK[notification.priority];
  for (const [runAt, ids] of groupByTime(pending)) {
    for (let at = 0; at < ids.length; at += DELIVERIES_A_JOB) {
      const deliveryIds = ids.slice(at, at + DELIVERIES_A_JOB);
      await enqueue(tx, deliverBulk, { deliveryIds }, { priority, ...(runAt === null ? {} : { runAt }) });
    }
  }
}

interface Reach {
  readonly channel: Target["channel"];
  readonly recipient: string;
  readonly locale: Locale;
}

async function reach(tx: Tx, { channel, recipient, locale }: Reach): Promise<Target[]> {
  if (recipient.startsWith("con_")) {
    return await targetsOf(tx, [{ contactId: recipient }], { contactChannels: [channel] });
  }
  if (recipient.startsWith("usr_")) {
    return await targetsOf(tx, [{ userId: recipient }], { userChannels: [channel] });
  }
  return await targetsOf(tx, [{ channel, recipient, locale }], {});
}

interface One {
  readonly notification: NotificationRow;
  readonly target: Target;
  readonly data: BulkRecipient["data"];
}

/** A recipient without data of its own has the notification's words. */
async function rowOf(tx: Tx, { notification, target, data }: One): Promise<NewDelivery> {
  const { channel, recipient, userId, contactId, locale } = target;
  const { category, priority } = notification;
  const decision = await decide(tx, { target, category, priority, template: null });
  const words = data === undefined
    ? { subject: null, text: null, html: null }
    : renderText({ subject: notification.subject ?? "", text: notification.text ?? "" }, data);
  return {
    id: newId("delivery"),
    notificationId: notification.id,
    channel,
    recipient,
    userId,
    contactId,
    locale,
    subject: words.subject,
    text: words.text,
    html: channel === "email" ? words.html : null,
    extra: null,
    state: decision.state,
    reason: decision.reason,
    nextTryAt: decision.runAt,
    digestId: decision.digestId,
  };
}

function groupByTime(rows: readonly NewDelivery[]): Map<number | null, string[]> {
  const groups = new Map<number | null, string[]>();
  for (const { id, nextTryAt } of rows) groups.set(nextTryAt, [...groups.get(nextTryAt) ?? [], id]);
  return groups;
}
