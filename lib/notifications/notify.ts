import type { Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueue } from "../jobs/mod.ts";
import { AppError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";

import { type Audience, type Target, targetsOf } from "./audience.ts";
import { decide } from "./decide.ts";
import { deliver } from "./jobs.ts";
import type { MailedFile } from "./mail-files.ts";
import { PRIORITY_RANK } from "./policy.ts";
import type { DeliveryState, NotifyChannel, Priority } from "./schemas.ts";
import { insertNotification, selectByKey } from "./store.ts";
import { insertDelivery, selectDeliveriesOf } from "./store-deliveries.ts";
import type { Rendered, Template } from "./template.ts";
import { speaker } from "./words.ts";

/** How the mails of a conversation by mail hang together. Ids come with their angle brackets. */
export interface MailThread {
  readonly inReplyTo?: string | undefined;
  readonly references?: readonly string[] | undefined;
  readonly replyTo?: string | undefined;
  /** The sender's address, where it is not the installation's. */
  readonly from?: string | undefined;
  /** The name before the sender's address. */
  readonly fromName?: string | undefined;
  /** A person wrote it: it is not marked as a machine's. */
  readonly byPerson?: boolean | undefined;
  readonly files?: readonly MailedFile[] | undefined;
}

export interface Notice<D> {
  readonly to: readonly Audience[];
  readonly template: Template<D>;
  readonly data: D;
  /** Default: the template's. */
  readonly priority?: Priority | undefined;
  /** The same key again is the same notification: nothing more is sent. */
  readonly key?: string | undefined;
  /** The id of what it is about, for example a ticket. */
  readonly subjectId?: string | undefined;
  readonly mail?: MailThread | undefined;
  /** From then on it says nothing any more: what can't go out before is skipped (UTC milliseconds). */
  readonly until?: number | undefined;
}

export interface NotifiedDelivery {
  readonly id: string;
  readonly channel: NotifyChannel;
  readonly state: DeliveryState;
  readonly reason: string | null;
}

export interface Notified {
  readonly notificationId: string;
  readonly deliveries: readonly NotifiedDelivery[];
  /** True: the key was known, nothing was written. */
  readonly repeated: boolean;
}

/**
 * Tells people something: writes the notification, a delivery for each address and the jobs that send them, in the
 * caller's transaction. Who can't be reached is a `skipped` delivery with the reason. Never throws for an address.
 */
export async function notify<D>(tx: Tx, notice: Notice<D>): Promise<Notified> {
  const { template } = notice;
  const parsed = template.schema.safeParse(notice.data);
  if (!parsed.success) {
    throw new AppError("internal", `The data of "${template.name}" breaks its schema`, {
      cause: parsed.error,
    });
  }
  const priority = notice.priority ?? template.priority ?? "normal";
  const { key, subjectId, until } = notice;
  const { say, pace } = await speaker(tx, template);
  return await write(tx, {
    key,
    subjectId,
    until,
    priority,
    template: { name: template.name, ...pace },
    category: template.category,
    data: record(notice.data),
    ...(notice.mail === undefined ? {} : { extra: { email: record(notice.mail) } }),
    targets: await targetsOf(tx, notice.to, template),
    wordsFor: (locale) => say(locale, parsed.data),
  });
}

/** What is written, with its words. */
export interface Order {
  /** What it was made by; null: free words. */
  readonly template: Pick<Template, "name" | "throttle" | "digest"> | null;
  readonly category: string;
  readonly priority: Priority;
  readonly key?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly until?: number | undefined;
  readonly data: Record<string, unknown>;
  readonly targets: readonly Target[];
  /** What only one channel reads. */
  readonly extra?: Partial<Record<NotifyChannel, Record<string, unknown>>>;
  readonly wordsFor: (locale: Target["locale"]) => Rendered;
}

/** The same for words that are at hand. Throws 409 when the key names a notification to many. */
export async function write(tx: Tx, order: Order): Promise<Notified> {
  const { template, category, priority, key = null, subjectId = null, data, targets } = order;
  const notificationId = newId("notification");
  const fresh = await insertNotification(tx, {
    id: notificationId,
    template: template?.name ?? null,
    category,
    priority,
    key,
    subjectId,
    data,
  });
  if (!fresh) return await known(tx, key ?? "");
  const deliveries: NotifiedDelivery[] = [];
  const words = new Map<string, Rendered>();
  for (const target of targets) {
    let rendered = words.get(target.locale);
    if (rendered === undefined) words.set(target.locale, rendered = order.wordsFor(target.locale));
    deliveries.push(await writeDelivery(tx, { order, notificationId, target, words: rendered }));
  }
  return { notificationId, deliveries, repeated: false };
}

async function known(tx: Tx, key: string): Promise<Notified> {
  const row = await selectByKey(tx, key);
  if (row === null) throw new AppError("internal", "A notification was neither written nor found");
  // One to many is no repetition of this one, and its deliveries may be too many to be read.
  if (row.bulk) throw new AppError("conflict", "The key names another notification");
  return { notificationId: row.id, deliveries: await selectDeliveriesOf(tx, row.id), repeated: true };
}

interface Write {
  readonly order: Order;
  readonly notificationId: string;
  readonly target: Target;
  readonly words: Rendered;
}

async function writeDelivery(
  tx: Tx,
  { order, notificationId, target, words }: Write,
): Promise<NotifiedDelivery> {
  const id = newId("delivery");
  const { channel, recipient, userId, contactId, locale } = target;
  const { category, priority, until } = order;
  const template = order.extra?.[channel] === undefined ? order.template : alone(order.template);
  const { state, reason, runAt, digestId } = await decide(tx, {
    target,
    category,
    priority,
    template,
    until,
  });
  await insertDelivery(tx, {
    id,
    notificationId,
    channel,
    recipient,
    userId,
    contactId,
    locale,
    subject: words.subject,
    text: words.text,
    html: channel === "email" ? words.html : null,
    extra: order.extra?.[channel] ?? null,
    state,
    reason,
    nextTryAt: runAt,
    digestId,
  });
  if (state === "pending" && digestId === null) {
    const when = runAt === null ? {} : { runAt };
    await enqueue(tx, deliver, { deliveryIds: [id] }, { priority: PRIORITY_RANK[order.priority], ...when });
  }
  if (channel === "in_app" && state === "delivered" && userId !== null) {
    await emit(tx, {
      type: "notification.in_app",
      subjectId: id,
      data: { user_id: userId, category: order.category, subject_id: order.subjectId ?? null },
    });
  }
  return { id, channel, state, reason };
}

/** What belongs to a thread, or has files, can't be told together with others. */
function alone(template: Order["template"]): Order["template"] {
  if (template?.digest === undefined) return template;
  const { digest: _, ...others } = template;
  return others;
}

/** A plain object as JSON keeps it. */
function record(value: unknown): Record<string, unknown> {
  const plain: unknown = JSON.parse(JSON.stringify(value ?? {}));
  return typeof plain === "object" && plain !== null && !Array.isArray(plain)
    ? { ...plain }
    : { value: plain };
}
