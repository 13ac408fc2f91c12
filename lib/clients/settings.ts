import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { enqueue } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { given } from "../kernel/given.ts";
import { warningDaysOf } from "./contract.ts";
import { clientsContractDays } from "./jobs.ts";
import { type ClientSettingsChange, clientSettingsChange } from "./schemas.ts";
import { upsertClientSettings } from "./store-settings.ts";

export interface ClientSettingsView {
  /** So long before its end a contract is told of; 0: never. */
  readonly contract_warning_days: number;
}

export async function getClientSettings(ctx: Ctx): Promise<ClientSettingsView> {
  requireScope(ctx, "clients:read");
  return { contract_warning_days: await warningDaysOf(ctx) };
}

/** Contracts whose end was not told of yet are told of by the days of now: at once, where those have come. */
export async function changeClientSettings(
  ctx: Ctx,
  input: ClientSettingsChange,
): Promise<ClientSettingsView> {
  requireScope(ctx, "business:write");
  const change = clientSettingsChange.parse(input);
  return await ctx.transact(async (tx) => {
    const before = await warningDaysOf(tx);
    const { contract_warning_days: days = before } = change;
    if (days !== before) {
      await upsertClientSettings(tx, { contractWarningDays: days });
      await enqueue(tx, clientsContractDays, { after: null });
    }
    await audit(tx, { action: "clients.set", subjectId: tx.workspaceId, detail: given(change) });
    return { contract_warning_days: days };
  });
}
