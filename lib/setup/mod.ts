import type { Ctx } from "../context.ts";
import { beginSample, ensureDefaults } from "../conversations/mod.ts";
import { seedWhatsApp } from "../messaging/mod.ts";
import { defaultWorkspaceId, ensureFirstAdmin, type FirstAdmin } from "../identity/mod.ts";

export interface FirstStart extends FirstAdmin {
  /** Entries of the sample business that were put in. */
  readonly sampleEntries: number;
}

/**
 * What the first start makes, and every later one finds: the admin, the default workspace with its web chat, and
 * in development a sample business. Safe to run at every start. Throws ConfigError (see ensureFirstAdmin).
 */
export async function prepareFirstStart(ctx: Ctx): Promise<FirstStart> {
  const admin = await ensureFirstAdmin(ctx);
  const workspaceId = await defaultWorkspaceId(ctx);
  if (workspaceId === null) return { ...admin, sampleEntries: 0 };
  const inWorkspace = ctx.as({ workspaceId });
  await ensureDefaults(inWorkspace);
  const connected = await seedWhatsApp(inWorkspace) !== null;
  const wanted = !connected && ctx.config.env === "development" && ctx.config.data.sample;
  return { ...admin, sampleEntries: wanted ? await beginSample(inWorkspace) : 0 };
}
