import { audit } from "../audit/mod.ts";
import { type SiteRow, sitesById } from "../clients/mod.ts";
import { type Ctx, publicAddress } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { newSecret } from "../kernel/ids.ts";
import { sha256Hex } from "../kernel/text.ts";
import { findOperator, loadOperator, requireOwnOperator } from "../operators/mod.ts";
import type { VisitState } from "../../db/schema/visits.ts";
import { type CalendarEvent, FEED_SPAN, toICalendar } from "./ical.ts";
import { placeWords } from "./present.ts";
import { selectCalendar, type VisitRow } from "./store.ts";
import { deleteFeed, selectFeed, upsertFeed } from "./store-photos.ts";

async function requireOwn(ctx: Ctx, operatorId: string): Promise<void> {
  requireScope(ctx, "visits:read");
  await requireOwnOperator(ctx, operatorId);
}

/**
 * Makes the secret address at which calendar programs read an operator's visits; one before stops working. It is
 * shown this once.
 */
export async function renewFeed(ctx: Ctx, { id }: { id: string }): Promise<{ url: string }> {
  await requireOwn(ctx, id);
  const token = newSecret();
  const tokenHash = await sha256Hex(token);
  await ctx.transact(async (tx) => {
    await loadOperator(tx, id);
    await upsertFeed(tx, { operatorId: id, tokenHash });
    await audit(tx, { action: "visits.renew_feed", subjectId: id });
  });
  return { url: publicAddress(ctx, `/api/visit-calendars/${token}.ics`) };
}

export async function removeFeed(ctx: Ctx, { id }: { id: string }): Promise<void> {
  await requireOwn(ctx, id);
  await ctx.transact(async (tx) => {
    await loadOperator(tx, id);
    await deleteFeed(tx, id);
    await audit(tx, { action: "visits.remove_feed", subjectId: id });
  });
}

/** The calendar of a token (RFC 5545). Throws 404 for one that is none, or whose operator was removed. */
export async function readFeed(ctx: Ctx, { token }: { token: string }): Promise<string> {
  const feed = await selectFeed(ctx, await sha256Hex(token.replace(/\.ics$/, "")));
  if (feed === null) throw noCalendar();
  const inside = ctx.as({ workspaceId: feed.workspaceId });
  const operator = await findOperator(inside, feed.operatorId);
  if (operator === null) throw noCalendar();
  const now = ctx.now();
  const rows = await selectCalendar(inside, {
    operatorId: operator.id,
    start: now - FEED_SPAN.backMs,
    end: now + FEED_SPAN.aheadMs,
    limit: FEED_SPAN.most,
  });
  const sites = await sitesById(inside, rows.map(({ siteId }) => siteId));
  const events = rows.flatMap((row) => toEvent(row, sites.get(row.siteId) ?? null));
  return toICalendar(events, { name: operator.name, now });
}

function noCalendar(): AppError {
  return new AppError("not_found", "This link opens no calendar (any more): ask for a new one");
}

const STATUS: Readonly<Record<VisitState, CalendarEvent["status"]>> = {
  requested: "TENTATIVE",
  scheduled: "TENTATIVE",
  confirmed: "CONFIRMED",
  on_the_way: "CONFIRMED",
  checked_in: "CONFIRMED",
  completed: "CONFIRMED",
  cancelled: "CANCELLED",
  no_show: "CANCELLED",
};

function toEvent(row: VisitRow, site: SiteRow | null): CalendarEvent[] {
  if (row.startsAt === null || row.endsAt === null) return [];
  const latitude = site?.latitude ?? null;
  const longitude = site?.longitude ?? null;
  const description = [row.instructions, site?.accessNotes ?? null].filter((one) => one !== null).join(
    "\n\n",
  );
  return [{
    id: row.id,
    start: row.startsAt,
    end: row.endsAt,
    summary: row.subject,
    location: placeWords(site, row.address),
    description: description === "" ? null : description,
    status: STATUS[row.state],
    sequence: row.sequence,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    position: latitude === null || longitude === null ? null : { latitude, longitude },
  }];
}
