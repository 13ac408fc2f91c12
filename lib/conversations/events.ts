import type { ContactView, ConversationView, MessageView } from "./present.ts";

/**
 * What the conversations put into the event log, as live streams carry it (`type` and `data`). `subjectId` is the
 * message of `message.*`, the contact of `contact.*`, the workspace of `business.*`, else the conversation.
 */
export interface ConversationEvents {
  /** A customer said something. */
  "message.received": { message: MessageView; unread: number; window_until?: string };
  /** What became of one that went out through a channel of its own. */
  "message.state_changed": {
    message_id: string;
    state: MessageView["state"];
    state_reason: string | null;
    external_id: string | null;
    at: string;
  };
  /** The file that a customer's message announced is there, or never will be (`state_reason`). */
  "message.file_changed": { message: MessageView };
  /** The bot, an operator or the system answered. */
  "message.sent": { message: MessageView };
  /** An answer is stored and waits for its channel's sender. */
  "message.queued": { message: MessageView };
  "message.rated": { message_id: string; helpful: boolean; comment: string | null };
  "conversation.opened": { conversation: ConversationView };
  /** Its state changed: bot, waiting, human or closed. */
  "conversation.changed": { conversation: ConversationView; previous_state: string };
  "conversation.read": { unread: number };
  "contact.opted_out": { contact: ContactView };
  "contact.opted_in": { contact: ContactView };
  "contact.merged": { into: string };
  "contact.changed": { fields: string[] };
  "contact.erased": Record<string, never>;
  "business.changed": { fields: string[] };
}

export type ConversationEventType = keyof ConversationEvents;
