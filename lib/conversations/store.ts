export {
  type Channel,
  CHANNELS,
  CONVERSATION_STATES,
  type ConversationState,
  IDENTITY_KINDS,
  type IdentityKind,
  MESSAGE_KINDS,
  MESSAGE_STATES,
  type MessageKind,
  type MessageState,
} from "../../db/schema/conversations.ts";
import type {
  attachments,
  contacts,
  conversations,
  messages,
  ratings,
} from "../../db/schema/conversations.ts";

export type ContactRow = typeof contacts.$inferSelect;
export type ConversationRow = typeof conversations.$inferSelect;
export type MessageRow = typeof messages.$inferSelect;
export type AttachmentRow = typeof attachments.$inferSelect;
export type RatingRow = typeof ratings.$inferSelect;
