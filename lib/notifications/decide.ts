import type { Tx } from "../context.ts";
import { CARRIED_CHANNELS, type CarriedChannel } from "../ports/notify.ts";
import type { Target } from "./audience.ts";
import type { DeliveryState, NotifyChannel } from "./schemas.ts";

/** What is to become of a delivery, decided once, in the transaction that writes it. */
export interface Decision {
  readonly state: DeliveryState;
  readonly reason: string | null;
  /** Not before; null: now. */
  readonly runAt: number | null;
}

export function isCarried(channel: NotifyChannel): channel is CarriedChannel {
  return (CARRIED_CHANNELS as readonly NotifyChannel[]).includes(channel);
}

/** Whether the channel has what it needs; else what is sent over it is skipped. */
export function isConfigured(tx: Pick<Tx, "ports">, channel: NotifyChannel): boolean {
  return !isCarried(channel) || tx.ports.notify[channel].length > 0;
}

const skipped = (reason: string): Decision => ({ state: "skipped", reason, runAt: null });

/** Why it is not sent, or when. */
export function decide(tx: Tx, { channel, problem }: Target): Decision {
  if (problem !== null) return skipped(problem);
  if (channel === "in_app") return { state: "delivered", reason: null, runAt: null };
  if (!isConfigured(tx, channel)) return skipped("not_configured");
  return { state: "pending", reason: null, runAt: null };
}
