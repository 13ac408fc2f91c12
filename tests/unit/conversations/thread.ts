import { listMessages, type MessageView } from "../../../lib/conversations/mod.ts";
import type { Shop } from "./talk.ts";

/** A page that holds all. */
export const page = { limit: 200 };

/** The messages of a conversation. */
export async function thread(shop: Shop, conversationId: string): Promise<MessageView[]> {
  return (await listMessages(shop.ctx, { ...page, conversationId })).data;
}

/** What went out, in order. */
export const outOf = (messages: readonly MessageView[]) =>
  messages.filter(({ direction }) => direction === "out");
