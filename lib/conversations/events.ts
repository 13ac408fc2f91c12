import type { ContactView, ConversationView, MessageView } from "./present.ts";

/**
 * What the conversations put into the event log, as live streams carry it (`type` and `data`). `subjectId` is the
 * message of `message.*`, the contact of `contact.*`, else the conversation. A visitor's stream has only what
 * VISITOR_EVENTS names, of its own conversation.
 */
export interface ConversationEvents {
  /** A customer said something. */
  "message.received": { message: MessageView; unread: number };
  /** The bot, an operator or the system answered. */
  "message.sent": { message: MessageView };
  /** A file, a delivery state or a rating of a message changed. */
  "message.rated": { message_id: string; helpful: boolean; comment: string | null };
  "conversation.opened": { conversation: ConversationView };
  /** bot, waiting, human or closed; `reason` is the handover_reason of `waiting`. */
  "conversation.changed": { conversation: ConversationView; previous_state: string };
  "conversation.read": { unread: number };
  "contact.opted_out": { contact: ContactView };
  "contact.opted_in": { contact: ContactView };
  "contact.erased": Record<string, never>;
  "business.changed": { fields: string[] };
}

export type ConversationEventType = keyof ConversationEvents;

/** Event types that a visitor's live stream may show. */
export const VISITOR_EVENTS = ["message.received", "message.sent", "conversation.changed"] as const;
