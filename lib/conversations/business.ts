import type { z } from "zod";
import { audit } from "../audit/mod.ts";
import { businessHoursChanged } from "../business-time/jobs.ts";
import { isOpen, nextOpening } from "../business-time/mod.ts";
import { calendarFields } from "../business-time/schemas.ts";
import type { Ctx, Tx } from "../context.ts";
import { emit } from "../events/mod.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { DEFAULT_BUSINESS } from "./business-defaults.ts";
import {
  type BusinessChange,
  businessChangeSchema,
  type BusinessConfig,
  businessConfigSchema,
} from "./business-schema.ts";
import { type Locale, PHRASES } from "./phrases.ts";
import { type BusinessRow, selectBusiness, upsertBusiness } from "./store-channels.ts";
import { localeOf } from "./words.ts";

export interface BusinessView extends BusinessConfig {
  readonly sample: boolean;
  readonly updated_at: string | null;
}

/** The configuration, also inside a transaction: what was saved, defaults filled in. */
export async function loadBusiness(at: Ctx): Promise<BusinessConfig> {
  return configOf(await selectBusiness(at));
}

function configOf({ config: saved, workspace }: BusinessRow): BusinessConfig {
  const config = toConfig(saved);
  return config.name === "" ? { ...config, name: workspace } : config;
}

/** A saved configuration that a later version no longer understands counts as none. */
function toConfig(saved: Record<string, unknown> | null): BusinessConfig {
  return businessConfigSchema.safeParse({ ...DEFAULT_BUSINESS, ...saved }).data ?? DEFAULT_BUSINESS;
}

export async function getBusiness(ctx: Ctx): Promise<BusinessView> {
  requireScope(ctx, "business:read");
  return view(await selectBusiness(ctx));
}

/** Changes what is given. An address for notices is checked before it is saved. Throws 422. */
export async function setBusiness(ctx: Ctx, input: BusinessChange): Promise<BusinessView> {
  requireScope(ctx, "business:write");
  const change = businessChangeSchema.parse(input);
  const url = change.notify?.webhook_url;
  if (url !== undefined && url !== null) await ctx.ports.fetch.check(url);
  return await ctx.transact(async (tx) => {
    const row = await selectBusiness(tx);
    const config = changed(toConfig(row.config), change);
    await upsertBusiness(tx, config);
    const fields = Object.keys(change);
    await emit(tx, { type: "business.changed", subjectId: tx.workspaceId, data: { fields } });
    await audit(tx, { action: "business.set", subjectId: tx.workspaceId, detail: { fields } });
    if (fields.some((field) => field in calendarFields)) {
      await enqueueLate(tx, businessHoursChanged, { at: tx.now() });
    }
    return view({ ...row, config, updatedAt: tx.now() });
  });
}

/** The settings that are given in place of those that were; so within `notify`. */
function changed(saved: BusinessConfig, { notify, ...rest }: z.output<typeof businessChangeSchema>) {
  return businessConfigSchema.parse({ ...saved, ...rest, notify: { ...saved.notify, ...notify } });
}

function view(row: BusinessRow): BusinessView {
  return { ...configOf(row), sample: row.sample, updated_at: isoOrNull(row.updatedAt) };
}

/** What a visitor sees of the business. */
export interface StorefrontView {
  readonly name: string;
  readonly greeting: string;
  readonly languages: string[];
  readonly open: boolean;
  readonly opens_at: string | null;
  readonly sample: boolean;
}

export function storefrontOf(
  row: BusinessRow,
  { locale, now }: { locale: string | null; now: number },
): StorefrontView {
  const business = configOf(row);
  const open = isOpen(business, now);
  return {
    name: business.name,
    greeting: greetingOf(business, localeOf([locale], business.languages)),
    languages: business.languages,
    open,
    opens_at: open ? null : isoOrNull(nextOpening(business, now)),
    sample: row.sample,
  };
}

export function greetingOf(business: BusinessConfig, locale: Locale): string {
  return business.greeting === "" ? PHRASES[locale].greeting(business.name) : business.greeting;
}

/** What is said when a person is wanted: the away text outside business hours, else that one is called. */
export function calledText(
  tx: Tx,
  { business, locale }: { business: BusinessConfig; locale: Locale },
): string {
  const now = tx.now();
  if (isOpen(business, now)) return PHRASES[locale].called;
  if (business.away !== "") return business.away;
  const opens = nextOpening(business, now);
  const format = {
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: business.timezone,
  } as const;
  return PHRASES[locale].away(opens === null ? null : new Intl.DateTimeFormat(locale, format).format(opens));
}

/** When a conversation without a word goes back to the bot; the wait for a person counts from the opening. */
export function returnTime(
  business: BusinessConfig,
  { state, now }: { state: string; now: number },
): number | null {
  const minutes = business.return_to_bot_minutes;
  if (minutes === 0) return null;
  const from = state === "waiting" ? nextOpening(business, now) ?? now : now;
  return from + minutes * 60_000;
}
