import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { emit } from "../events/mod.ts";
import type { Locale } from "../identity/schemas.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso, isoOrNull } from "../kernel/clock.ts";
import { AppError, type FieldError, notConfigured, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { addressFor } from "./address.ts";
import { businessLocale } from "./audience.ts";
import { isConfigured } from "./decide.ts";
import { fanOut } from "./jobs.ts";
import { CHUNK, NEEDS, PRIORITY_RANK } from "./policy.ts";
import { parse, variablesOf } from "./render.ts";
import { DELIVERY_STATES, type DeliveryState, type NotifyChannel, type Priority } from "./schemas.ts";
import { insertNotification, selectByKey } from "./store.ts";
import {
  type BulkRecipient,
  cancelNotification,
  type CountedBulk,
  insertChunks,
  selectBulk,
  selectBulks,
} from "./store-bulk.ts";
import { senderNumber } from "./whatsapp.ts";

/** The same words to many addresses of one channel; `{{name}}` in them is filled from each recipient's data. */
export interface BulkOrder {
  readonly channel: NotifyChannel;
  readonly recipients: readonly BulkRecipient[];
  readonly subject?: string | undefined;
  readonly message: string;
  readonly priority?: Priority | undefined;
  readonly category?: string | undefined;
  readonly key?: string | undefined;
  readonly locale?: Locale | undefined;
}

export interface BulkView {
  readonly id: string;
  readonly channel: string;
  readonly category: string;
  readonly priority: Priority;
  readonly subject: string | null;
  readonly message: string;
  /** running, done, cancelled. */
  readonly state: "running" | "done" | "cancelled";
  readonly total: number;
  /** Recipients whose deliveries are written. */
  readonly fanned_out: number;
  readonly states: Partial<Record<DeliveryState, number>>;
  readonly cancelled_at: string | null;
  readonly created_at: string;
}

/**
 * Takes a notification to many: recipients are kept, each address once, and jobs write and send their deliveries.
 * Throws 422 with the path of each recipient that can't be one, up to some.
 */
export async function sendBulk(ctx: Ctx, order: BulkOrder): Promise<BulkView> {
  requireScope(ctx, "notifications:write");
  const { channel, message, subject = "", priority = "low", category = "general", key = null } = order;
  const able = channel === "whatsapp" ? await senderNumber(ctx) !== null : isConfigured(ctx, channel);
  if (!able) throw notConfigured(`The channel ${channel}`, NEEDS[channel]);
  const recipients = checked(order);
  const id = newId("notification");
  return await ctx.transact(async (tx) => {
    const fresh = await insertNotification(tx, {
      id,
      template: null,
      category,
      priority,
      key,
      subjectId: null,
      data: { channel, locale: order.locale ?? await businessLocale(tx) },
      subject,
      text: message,
      bulk: true,
    });
    if (!fresh) {
      const known = key === null ? null : await selectByKey(tx, key);
      if (known === null || !known.bulk) throw new AppError("conflict", "The key names another notification");
      return bulkView(await load(tx, known.id));
    }
    const rows = Array.from({ length: Math.ceil(recipients.length / CHUNK) }, (_, at) => ({
      id: newId("bulkChunk"),
      recipients: recipients.slice(at * CHUNK, (at + 1) * CHUNK),
    }));
    await insertChunks(tx, { notificationId: id, rows });
    for (const { id: chunkId } of rows) {
      await enqueue(tx, fanOut, { chunkId }, { priority: PRIORITY_RANK[priority] });
    }
    const total = recipients.length;
    await emit(tx, { type: "notification.bulk_started", subjectId: id, data: { channel, total } });
    await audit(tx, { action: "notification.bulk", subjectId: id, detail: { channel, category, total } });
    return bulkView(await load(tx, id));
  });
}

const MOST_ERRORS = 20;

/** Addresses as the channel writes them, each once, every variable there. */
function checked({ channel, recipients, subject = "", message }: BulkOrder): BulkRecipient[] {
  const variables = [...new Set([subject, message].flatMap((text) => variablesOf(parse(text, "message"))))];
  const errors: FieldError[] = [];
  const found = new Map<string, BulkRecipient>();
  for (const [at, one] of recipients.entries()) {
    if (errors.length >= MOST_ERRORS) break;
    const missing = variables.filter((name) => !Object.hasOwn(one.data ?? {}, name));
    for (const name of missing) {
      errors.push({
        path: `recipients.${at}.data.${name}`,
        message: "is used in the words and missing here",
      });
    }
    const id = /^(usr|con)_/.test(one.recipient);
    try {
      const recipient = id ? one.recipient : addressFor(channel, one.recipient);
      if (!found.has(recipient)) found.set(recipient, { ...one, recipient });
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      errors.push({ path: `recipients.${at}`, message: thrown.errors[0]?.message ?? thrown.message });
    }
  }
  if (errors.length === 0) return [...found.values()];
  throw new AppError("validation_failed", `${errors.length} of the recipients can't be told`, {
    errors: errors.slice(0, MOST_ERRORS),
  });
}

/** How far a notification to many has come. */
export async function getBulk(ctx: Ctx, id: string): Promise<BulkView> {
  requireScope(ctx, "notifications:read");
  return bulkView(await load(ctx, id));
}

/** The newest first. */
export async function listBulks(ctx: Ctx, { limit, cursor }: PageRequest): Promise<Page<BulkView>> {
  requireScope(ctx, "notifications:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectBulks(ctx, { before, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ row }) => [row.id], toDto: bulkView });
}

/** What is not out yet stays in. Throws 409 when it was cancelled before or is done. */
export async function cancelBulk(ctx: Ctx, id: string): Promise<BulkView> {
  requireScope(ctx, "notifications:write");
  return await ctx.transact(async (tx) => {
    const { state } = bulkView(await load(tx, id));
    if (state !== "running" || !await cancelNotification(tx, id)) {
      throw new AppError("conflict", `It is ${state}; one that is running can be cancelled`, {
        extra: { state, allowed: ["running"] },
      });
    }
    await emit(tx, { type: "notification.bulk_cancelled", subjectId: id });
    await audit(tx, { action: "notification.bulk_cancel", subjectId: id });
    return bulkView(await load(tx, id));
  });
}

async function load(at: Ctx, id: string): Promise<CountedBulk> {
  const found = await selectBulk(at, id);
  if (found === null) throw notFound("bulk notification", id);
  return found;
}

function bulkView({ row, counted }: CountedBulk): BulkView {
  const { size, waiting, pending, sending } = counted;
  const channel = row.data["channel"];
  const open = waiting > 0 || pending + sending > 0;
  return {
    id: row.id,
    channel: typeof channel === "string" ? channel : "",
    category: row.category,
    priority: row.priority,
    subject: row.subject,
    message: row.text ?? "",
    state: row.cancelledAt !== null ? "cancelled" : open ? "running" : "done",
    total: size,
    fanned_out: size - waiting,
    states: Object.fromEntries(
      DELIVERY_STATES.flatMap((state) => counted[state] > 0 ? [[state, counted[state]]] : []),
    ),
    cancelled_at: isoOrNull(row.cancelledAt),
    created_at: iso(row.createdAt),
  };
}
