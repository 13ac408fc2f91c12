import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { SAMPLE_BUSINESS, seedSample } from "../knowledge/mod.ts";
import { businessChangeSchema } from "./business-schema.ts";
import { selectBusiness, updateSample, upsertBusiness } from "./store-channels.ts";

const WEEKDAY = [{ from: "08:00", to: "19:00" }];

/**
 * Makes the workspace the sample business: its name, hours and twenty entries. Resolves to how many were added: none
 * once the business says something of itself.
 */
export async function beginSample(ctx: Ctx): Promise<number> {
  requireScope(ctx, "business:write");
  if (await selectBusiness(ctx) !== null) return 0;
  const { name, about, languages, timeZone } = SAMPLE_BUSINESS;
  const config = businessChangeSchema.parse({
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
  });
  const added = await seedSample(ctx);
  await ctx.transact(async (tx) => {
    if (await selectBusiness(tx) !== null) return;
    await upsertBusiness(tx, config);
    await updateSample(tx, true);
  });
  return added;
}
