/** The states and kinds of the rows, for stores, contracts and whoever else speaks of them. */
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
