import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import { type InboxView, inboxView } from "./present.ts";
import { selectShown } from "./store-history.ts";
import { countUnread, markRead, selectInbox, selectUnread } from "./store-inbox.ts";

/** Who reads: a user, or a key for the user who made it. */
export function readerOf({ actor }: Ctx): string {
  if (actor.kind === "user") return actor.id;
  if (actor.kind === "api_key") return actor.ownerId;
  throw new AppError("forbidden", "Only a user has notifications of their own");
}

/** What the caller was told in the app, the newest first. */
export async function listInbox(
  ctx: Ctx,
  { limit, cursor, unread = false }: PageRequest & { unread?: boolean | undefined },
): Promise<Page<InboxView>> {
  requireScope(ctx, "notifications:read");
  const before = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await selectInbox(ctx, { userId: readerOf(ctx), before, limit: limit + 1, unread });
  return toPage(rows, { limit, keysOf: ({ delivery }) => [delivery.id], toDto: inboxView });
}

const MOST_COUNTED = 1000;

export interface UnreadCount {
  readonly unread: number;
  /** True: there are more than are counted. */
  readonly more: boolean;
}

export async function unreadCount(ctx: Ctx): Promise<UnreadCount> {
  requireScope(ctx, "notifications:read");
  const found = await countUnread(ctx, { userId: readerOf(ctx), most: MOST_COUNTED + 1 });
  return { unread: Math.min(found, MOST_COUNTED), more: found > MOST_COUNTED };
}

/** Marks one read; again is no harm. */
export async function readNotification(ctx: Ctx, id: string): Promise<InboxView> {
  requireScope(ctx, "notifications:read");
  const userId = readerOf(ctx);
  return await ctx.transact(async (tx) => {
    const marked = await markRead(tx, { userId, ids: [id] });
    const row = await selectShown(tx, id);
    if (row === null || row.delivery.userId !== userId || row.delivery.channel !== "in_app") {
      throw notFound("notification", id);
    }
    if (marked > 0) {
      await emit(tx, { type: "notification.read", subjectId: id, data: { user_id: userId, count: 1 } });
    }
    return inboxView(row);
  });
}

/** Marked by one commit. */
const TURN = 500;

/** Marks all of the caller's read that are there by now, in turns; resolves to how many were not. */
export async function readAllNotifications(ctx: Ctx): Promise<{ read: number }> {
  requireScope(ctx, "notifications:read");
  const userId = readerOf(ctx);
  let read = 0;
  for (let before: string | null = null, more = true; more;) {
    ctx.signal?.throwIfAborted();
    const ids: string[] = await selectUnread(ctx, { userId, before, limit: TURN });
    if (ids.length > 0) read += await ctx.transact((tx) => readThese(tx, { userId, ids }));
    before = ids.at(-1) ?? null;
    more = ids.length === TURN;
  }
  return { read };
}

async function readThese(tx: Tx, { userId, ids }: { userId: string; ids: string[] }): Promise<number> {
  const read = await markRead(tx, { userId, ids });
  if (read > 0) {
    await emit(tx, { type: "notification.read", subjectId: userId, data: { user_id: userId, count: read } });
  }
  return read;
}
