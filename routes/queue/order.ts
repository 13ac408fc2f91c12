import type { z } from "@hono/zod-openapi";
import type { QueueOrder } from "../../lib/messaging/mod.ts";
import type { orderSchema } from "./schemas.ts";

/** The wire's order as the verb takes it. */
export function toOrder(given: z.output<typeof orderSchema>): QueueOrder {
  const { conversation_id, to, channel_account_id, text = "", content, reply_to, run_at } = given;
  return {
    conversationId: conversation_id,
    to,
    channelAccountId: channel_account_id,
    content: content ?? { type: "text", text },
    replyTo: reply_to,
    runAt: run_at === undefined ? undefined : Date.parse(run_at),
  };
}
