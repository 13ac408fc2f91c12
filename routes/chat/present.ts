import type { z } from "@hono/zod-openapi";
import type { MessageView } from "../../lib/conversations/mod.ts";
import type { chatMessageSchema } from "./contract.ts";

/** What a visitor sees of a message, over HTTP as in its stream. */
export const CHAT_MESSAGE_FIELDS = [
  "id",
  "conversation_id",
  "direction",
  "kind",
  "text",
  "state",
  "author",
  "external_id",
  "sources",
  "attachments",
  "rating",
  "created_at",
] as const satisfies readonly (keyof z.output<typeof chatMessageSchema>)[];

export function toChatMessageDto(message: MessageView): z.output<typeof chatMessageSchema> {
  const { id, conversation_id, direction, kind, text, state, author } = message;
  const { external_id, sources, attachments, rating, created_at } = message;
  return {
    id,
    conversation_id,
    direction,
    kind,
    text,
    state,
    author,
    external_id,
    sources,
    attachments,
    rating,
    created_at,
  };
}
