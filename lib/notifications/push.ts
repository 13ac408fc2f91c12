import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { iso } from "../kernel/clock.ts";
import { invalid, notConfigured, notFound, underPath } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { readerOf } from "./inbox.ts";
import { NEEDS } from "./policy.ts";
import {
  deleteSubscription,
  type PushSubscriptionRow,
  selectSubscriptions,
  upsertSubscription,
} from "./store-push.ts";

export interface PushSubscriptionView {
  readonly id: string;
  /** The push service's host; the whole address is a secret. */
  readonly service: string;
  readonly user_agent: string | null;
  readonly created_at: string;
}

function view({ id, endpoint, userAgent, createdAt }: PushSubscriptionRow): PushSubscriptionView {
  return { id, service: new URL(endpoint).host, user_agent: userAgent, created_at: iso(createdAt) };
}

/** The key that a browser subscribes with (`applicationServerKey`). Throws 503 without settings. */
export function pushKey(ctx: Ctx): { public_key: string } {
  requireScope(ctx, "notifications:read");
  const { vapid } = ctx.config.notify;
  if (vapid === null) throw notConfigured("Web Push", NEEDS.push);
  return { public_key: vapid.publicKey };
}

export interface NewPushSubscription {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly userAgent: string | null;
}

/** Keeps the caller's browser; the same one again is the same subscription. */
export async function subscribePush(ctx: Ctx, fresh: NewPushSubscription): Promise<PushSubscriptionView> {
  requireScope(ctx, "notifications:read");
  const userId = readerOf(ctx);
  pushKey(ctx);
  if (!fresh.endpoint.startsWith("https://")) throw invalid("endpoint", "must start with https://");
  await ctx.ports.fetch.check(fresh.endpoint).catch((thrown) => {
    throw underPath("endpoint", thrown);
  });
  return await ctx.transact(async (tx) => {
    const row = await upsertSubscription(tx, { id: newId("pushSubscription"), userId, ...fresh });
    await audit(tx, { action: "push_subscription.save", subjectId: row.id, detail: { userId } });
    return view(row);
  });
}

/** The caller's browsers. */
export async function listPushSubscriptions(
  ctx: Ctx,
  { limit, cursor }: PageRequest,
): Promise<Page<PushSubscriptionView>> {
  requireScope(ctx, "notifications:read");
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectSubscriptions(ctx, { userId: readerOf(ctx), after, limit: limit + 1 });
  return toPage(rows, { limit, keysOf: ({ id }) => [id], toDto: view });
}

export async function unsubscribePush(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "notifications:read");
  const userId = readerOf(ctx);
  await ctx.transact(async (tx) => {
    if (!await deleteSubscription(tx, { id, userId })) throw notFound("subscription", id);
    await audit(tx, { action: "push_subscription.remove", subjectId: id, detail: { userId } });
  });
}
