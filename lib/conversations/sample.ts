import { businessHoursChanged } from "../business-time/jobs.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { enqueueLate } from "../jobs/mod.ts";
import { removeSample, SAMPLE_BUSINESS, seedSample } from "../knowledge/mod.ts";
import { type BusinessChange, businessChangeSchema } from "./business-schema.ts";
import { type BusinessView, setBusiness } from "./business.ts";
import { selectBusiness, updateSample, upsertBusiness } from "./store-channels.ts";

const WEEKDAY = [{ from: "08:00", to: "19:00" }];
const { name, about, languages, timeZone } = SAMPLE_BUSINESS;

const SAMPLE_CONFIG: BusinessChange = {
  name,
  description: about,
  languages: [...languages],
  timezone: timeZone,
  hours: {
    monday: WEEKDAY,
    tuesday: WEEKDAY,
    wednesday: WEEKDAY,
    thursday: WEEKDAY,
    friday: WEEKDAY,
    saturday: [{ from: "09:00", to: "14:00" }],
  },
};

/**
 * Makes a workspace that nobody has configured the sample business: its name, hours and entries. Resolves to how
 * many entries were added; 0 for one that was configured, or was the sample before.
 */
export async function beginSample(ctx: Ctx): Promise<number> {
  requireScope(ctx, "business:write");
  if ((await selectBusiness(ctx)).config !== null) return 0;
  const added = await seedSample(ctx);
  await ctx.transact(async (tx) => {
    if ((await selectBusiness(tx)).config !== null) return;
    await upsertBusiness(tx, businessChangeSchema.parse(SAMPLE_CONFIG));
    await enqueueLate(tx, businessHoursChanged, { at: tx.now() });
    await updateSample(tx, true);
  });
  return added;
}

/**
 * The business becomes a real one: the sample goes first, so that what is given stays, also where it says the same as
 * the sample did. Throws 422 before anything is changed.
 */
export async function setUpBusiness(ctx: Ctx, input: BusinessChange): Promise<BusinessView> {
  requireScope(ctx, "business:write");
  businessChangeSchema.parse(input);
  await ctx.transact((tx) => endSample(tx));
  return await setBusiness(ctx, input);
}

/** The business is real now: the sample's entries go, and what of its name and hours nobody has changed. */
export async function endSample(tx: Tx): Promise<void> {
  requireScope(tx, "business:write");
  await removeSample(tx);
  const { sample: isSample, config } = await selectBusiness(tx);
  if (!isSample) return;
  const saved = config ?? {};
  // The zone stays: a business may have chosen the sample's own, and would be moved to UTC.
  const { timezone: _zone, ...invented } = businessChangeSchema.parse(SAMPLE_CONFIG);
  const sample: Record<string, unknown> = invented;
  const same = (key: string) => JSON.stringify(saved[key]) === JSON.stringify(sample[key]);
  const own = Object.entries(saved).filter(([key]) => !(key in sample) || !same(key));
  await upsertBusiness(tx, Object.fromEntries(own));
  await enqueueLate(tx, businessHoursChanged, { at: tx.now() });
  await updateSample(tx, false);
}
