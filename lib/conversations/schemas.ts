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
} from "./store.ts";
