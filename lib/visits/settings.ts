import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import {
  type VisitSettings,
  type VisitSettingsChange,
  visitSettingsChange,
  visitSettingsSchema,
} from "./schemas.ts";
import { selectVisitSettings, upsertVisitSettings } from "./store.ts";

/** What was saved, defaults filled in; something that a later version no longer understands counts as none. */
export async function settingsOf(at: Ctx): Promise<VisitSettings> {
  return visitSettingsSchema.safeParse(await selectVisitSettings(at) ?? {}).data ??
    visitSettingsSchema.parse({});
}

export async function getVisitSettings(ctx: Ctx): Promise<VisitSettings> {
  requireScope(ctx, "visits:read");
  return await settingsOf(ctx);
}

/** Reminders of visits that stand already stay as they are. */
export async function changeVisitSettings(ctx: Ctx, input: VisitSettingsChange): Promise<VisitSettings> {
  requireScope(ctx, "business:write");
  const change = visitSettingsChange.parse(input);
  return await ctx.transact(async (tx) => {
    const settings = visitSettingsSchema.parse({ ...await settingsOf(tx), ...change });
    await upsertVisitSettings(tx, settings);
    await audit(tx, { action: "visits.set", subjectId: tx.workspaceId, detail: change });
    return settings;
  });
}
