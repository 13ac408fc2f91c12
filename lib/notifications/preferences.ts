import { audit } from "../audit/mod.ts";
import { isTimeZone, type Weekday, WEEKDAYS } from "../business-time/mod.ts";
import { addressesOf } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import { readerOf } from "./inbox.ts";
import type { NotifyChannel } from "./schemas.ts";
import { replacePreferences, replaceQuiet, selectPreferences, selectQuiet } from "./store-peace.ts";

/** `*` stands for every category or channel; the rule that says most counts. */
export interface Preference {
  readonly category: string;
  readonly channel: NotifyChannel | "*";
  readonly enabled: boolean;
}

export interface QuietHours {
  readonly timezone: string;
  /** `HH:MM`; null: no hours of the day. */
  readonly from: string | null;
  readonly to: string | null;
  /** Days that are quiet as a whole. */
  readonly days: Weekday[];
}

export interface Peace {
  readonly preferences: Preference[];
  readonly quiet_hours: QuietHours | null;
}

/** What the caller wants to hear, when and over which channel. */
export async function myPreferences(ctx: Ctx): Promise<Peace> {
  requireScope(ctx, "notifications:read");
  return await peaceOf(ctx, readerOf(ctx));
}

/** Takes the place of all that was set before. Critical notifications come all the same. */
export async function setMyPreferences(ctx: Ctx, peace: Peace): Promise<Peace> {
  requireScope(ctx, "notifications:read");
  return await set(ctx, readerOf(ctx), peace);
}

/** The same of a contact. */
export async function contactPreferences(ctx: Ctx, contactId: string): Promise<Peace> {
  requireScope(ctx, "contacts:read");
  if (await addressesOf(ctx, contactId) === null) throw notFound("contact", contactId);
  return await peaceOf(ctx, contactId);
}

export async function setContactPreferences(
  ctx: Ctx,
  { contactId, peace }: { contactId: string; peace: Peace },
): Promise<Peace> {
  requireScope(ctx, "contacts:write");
  if (await addressesOf(ctx, contactId) === null) throw notFound("contact", contactId);
  return await set(ctx, contactId, peace);
}

async function peaceOf(at: Ctx, ownerId: string): Promise<Peace> {
  const rows = await selectPreferences(at, ownerId);
  const quiet = await selectQuiet(at, ownerId);
  return {
    preferences: rows.map(({ category, channel, enabled }) => ({ category, channel, enabled })),
    quiet_hours: quiet === null ? null : {
      timezone: quiet.timezone,
      from: quiet.from,
      to: quiet.to,
      days: quiet.days,
    },
  };
}

async function set(ctx: Ctx, ownerId: string, { preferences, quiet_hours: quiet }: Peace): Promise<Peace> {
  if (quiet !== null && !isTimeZone(quiet.timezone)) {
    throw invalid("quiet_hours.timezone", "is no time zone, such as America/Mexico_City");
  }
  if (quiet !== null && (quiet.from === null) !== (quiet.to === null)) {
    throw invalid(`quiet_hours.${quiet.from === null ? "from" : "to"}`, "from and to are set together");
  }
  if (new Set(quiet?.days).size === WEEKDAYS.length) {
    throw invalid("quiet_hours.days", "leaves no day at all: turn the channel off in place of it");
  }
  const seen = new Set<string>();
  for (const [at, { category, channel }] of preferences.entries()) {
    const rule = `${category} ${channel}`;
    if (seen.has(rule)) throw invalid(`preferences.${at}`, "says again what an earlier one says");
    seen.add(rule);
  }
  return await ctx.transact(async (tx) => {
    await replacePreferences(tx, { ownerId, rows: preferences });
    await replaceQuiet(tx, { ownerId, quiet });
    await audit(tx, { action: "notification.preferences", subjectId: ownerId, detail: { preferences } });
    return await peaceOf(tx, ownerId);
  });
}
