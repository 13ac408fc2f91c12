import { listChannelAccounts } from "../conversations/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { numbers } from "./numbers.ts";
import { selectPause, selectTraffic } from "./store-numbers.ts";

export interface NumberStatus {
  readonly channel_account_id: string;
  readonly name: string;
  readonly transport: "cloud";
  readonly phone_number_id: string | null;
  readonly business_account_id: string | null;
  /** `connected`, `paused` (sends nothing before `until`), `disabled`, or `not_connected` (no usable token). */
  readonly state: "connected" | "paused" | "disabled" | "not_connected";
  readonly reason: string | null;
  readonly until: string | null;
  readonly last_received_at: string | null;
  readonly last_sent_at: string | null;
}

/** How each WhatsApp number of the workspace does, as far as is known here; nobody is asked. */
export async function whatsAppStatus(ctx: Ctx): Promise<NumberStatus[]> {
  requireScope(ctx, "channels:read");
  const { byAccount } = await numbers(ctx);
  const accounts = await listChannelAccounts(ctx, { channel: "whatsapp" });
  return await Promise.all(accounts.map(async ({ id, name, enabled }) => {
    const number = byAccount.get(id);
    const pause = await selectPause(ctx, id);
    const { receivedAt, sentAt } = await selectTraffic(ctx, id);
    const state = !enabled
      ? "disabled"
      : number === undefined
      ? "not_connected"
      : pause === null
      ? "connected"
      : "paused";
    return {
      channel_account_id: id,
      name,
      transport: "cloud" as const,
      phone_number_id: number?.call.phoneNumberId ?? null,
      business_account_id: number?.call.businessAccountId ?? null,
      state,
      reason: state === "paused" ? pause?.reason ?? null : null,
      until: state === "paused" ? isoOrNull(pause?.until) : null,
      last_received_at: isoOrNull(receivedAt),
      last_sent_at: isoOrNull(sentAt),
    };
  }));
}
