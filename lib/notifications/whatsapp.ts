import type { Consumer } from "../consumers/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import type { JobCtx } from "../jobs/mod.ts";
import { AppError } from "../kernel/errors.ts";
import { enqueueMessage, numbers } from "../messaging/mod.ts";
import { tell } from "./settle.ts";
import { claimDeliveries, type DeliveryChange, type Due, settleDeliveries } from "./store-deliveries.ts";
import { applyNews, type News } from "./store-news.ts";

/** The number that sends for the workspace: the one that was connected first. null: none. */
export async function senderNumber(ctx: Ctx): Promise<string | null> {
  // Young enough to be still known when it is asked for inside of the transaction that follows.
  const { byAccount } = await numbers(ctx, { maxAgeMs: 5000 });
  const mine = [...byAccount.values()].filter(({ workspaceId, enabled }) =>
    enabled && workspaceId === ctx.workspaceId
  );
  return mine.map(({ accountId }) => accountId).sort()[0] ?? null;
}

/**
 * Puts a delivery into WhatsApp's own queue, which keeps its window, its pace and its doubts. Both change in one
 * commit, so it is there once.
 */
export async function passToWhatsApp(ctx: JobCtx, due: Due): Promise<void> {
  const { delivery, notification } = due;
  const channelAccountId = await senderNumber(ctx);
  const text = delivery.text ?? notification.text ?? "";
  const subject = delivery.subject ?? notification.subject ?? "";
  const pass = async (tx: Tx): Promise<DeliveryChange> => {
    const common = { id: delivery.id, nextTryAt: null, provider: "whatsapp" };
    if (channelAccountId === null) return { ...common, state: "skipped", reason: "not_configured" };
    const { id: externalId } = await enqueueMessage(tx, {
      to: delivery.recipient,
      channelAccountId,
      content: { type: "text", text: subject === "" ? text : `*${subject}*\n${text}` },
    });
    return { ...common, state: "sending", reason: "queued", externalId };
  };
  try {
    await ctx.transact(async (tx) => {
      await ctx.assertLease(tx);
      // Another job of the same delivery may have passed it on since it was read.
      if ((await claimDeliveries(tx, [delivery.id])).length === 0) return;
      const change = await pass(tx);
      await settleDeliveries(tx, [change]);
      if (change.state === "skipped") await tell(tx, due, change);
    });
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.retryable) throw thrown;
    const told = thrown.extra["reason"];
    const reason = typeof told === "string" ? told : thrown.code;
    const change: DeliveryChange = { id: delivery.id, state: "failed", reason, nextTryAt: null };
    await ctx.transact(async (tx) => {
      await settleDeliveries(tx, [change]);
      await tell(tx, due, change);
    });
  }
}

const STATES: Readonly<Record<string, News["state"]>> = {
  sent: "sent",
  delivered: "delivered",
  read: "read",
  failed: "failed",
  cancelled: "failed",
  held: "outcome_unknown",
};

/** Follows what becomes of messages that carry a notification. */
export const whatsAppNewsConsumer: Consumer = {
  name: "notifications.whatsapp",
  async handle(tx, { type, data }) {
    if (type !== "message.state_changed") return;
    const { message_id: externalId, state: told, state_reason: why } = data;
    const state = typeof told === "string" ? STATES[told] : undefined;
    if (state === undefined || typeof externalId !== "string") return;
    // Held for another reason than doubt is not sent, and a person decides.
    const reason = typeof why === "string" ? why : null;
    const held = told === "held" && reason !== "outcome_unknown";
    await applyNews(tx, { channel: "whatsapp", externalId, state: held ? "failed" : state, reason });
  },
};
