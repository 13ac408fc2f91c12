import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { given } from "../kernel/given.ts";
import { newSecret } from "../kernel/ids.ts";
import { type CallSettingsChange, callSettingsChange } from "./schemas.ts";
import { selectCallSettings, upsertCallSettings } from "./store.ts";

export interface CallSettingsView {
  readonly country: string | null;
  readonly ticket_on_missed: boolean;
  /** Goes with each webhook; null: there is no secret yet. */
  readonly hook_key: string | null;
}

export async function getCallSettings(ctx: Ctx): Promise<CallSettingsView> {
  requireScope(ctx, "calls:read");
  return await view(ctx);
}

export async function changeCallSettings(ctx: Ctx, input: CallSettingsChange): Promise<CallSettingsView> {
  requireScope(ctx, "business:write");
  const { country, ticket_on_missed } = callSettingsChange.parse(input);
  return await ctx.transact(async (tx) => {
    const change = given({ country, ticketOnMissed: ticket_on_missed });
    await upsertCallSettings(tx, change);
    await audit(tx, { action: "calls.set", subjectId: tx.workspaceId, detail: change });
    return await view(tx);
  });
}

/**
 * Makes the key and the secret with which a telephony system signs its webhooks; those before stop working. The
 * secret is shown this once.
 */
export async function renewCallSecret(ctx: Ctx): Promise<{ hook_key: string; secret: string }> {
  requireScope(ctx, "business:write");
  const hookKey = newSecret(12);
  const secret = newSecret();
  const hookSecret = await ctx.ports.secrets.seal(secret, `calls:${hookKey}`);
  await ctx.transact(async (tx) => {
    await upsertCallSettings(tx, { hookKey, hookSecret });
    await audit(tx, { action: "calls.renew_secret", subjectId: tx.workspaceId });
  });
  return { hook_key: hookKey, secret };
}

async function view(at: Ctx): Promise<CallSettingsView> {
  const row = await selectCallSettings(at);
  return {
    country: row?.country ?? null,
    ticket_on_missed: row?.ticketOnMissed ?? false,
    hook_key: row?.hookKey ?? null,
  };
}
