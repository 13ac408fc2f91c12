export { addressesOf, type ContactAddresses } from "./addresses.ts";
export { answerConversation } from "./answer.ts";
export { type CustomerMessage, receiveFromApi } from "./api-channel.ts";
export {
  type Download,
  dropNow,
  namingBlob,
  openAttachment,
  type StoredFile,
  storeFile,
  withFile,
} from "./attachments.ts";
export { attachReceived, noteAttachmentFailure, type ReceivedFile } from "./attach.ts";
export {
  type BusinessView,
  getBusiness,
  loadBusiness,
  setBusiness,
  type StorefrontView,
} from "./business.ts";
export { closeConversation, markRead, release, takeOver } from "./change.ts";
export {
  accountView,
  changeChannelAccount,
  type ChannelAccountRow,
  type ChannelAccountView,
  type ChannelChange,
  channelSecrets,
  createChannelAccount,
  DEFAULT_CHAT_KEY,
  disconnectChannelAccount,
  ensureAccount,
  ensureDefaults,
  getChannelAccount,
  listChannelAccounts,
  type NewChannelAccount,
  newChannelAccount,
} from "./channels.ts";
export {
  type ContactDetail,
  contactDetails,
  eraseContact,
  type Erasure,
  exportContact,
  getContact,
  listContacts,
} from "./contacts.ts";
export type { ConversationEvents, ConversationEventType } from "./events.ts";
export { changeContact, type ContactChange, contactChange } from "./change-contact.ts";
export { identify, type Sender } from "./identify.ts";
export { loadTalk } from "./load.ts";
export { openConversation } from "./open.ts";
export { type Post, post } from "./post.ts";
export { selectTalk as findTalk, type Talk } from "./store.ts";
export {
  selectOpenTalks,
  selectTalkAt,
  selectTalksAt,
  selectUnanswered,
  selectUnansweredAt,
} from "./store-unanswered.ts";
export { selectAccount } from "./store-channels.ts";
export {
  type ContactRow,
  type Identity,
  selectContact as findContact,
  selectContactByPhones as contactOfPhone,
} from "./store-contacts.ts";
export {
  blobsDelete,
  conversationAnswer,
  conversationReturn,
  customerSeen,
  messageSend,
  operatorsNotify,
  retentionApply,
  retentionSweep,
} from "./jobs.ts";
export { RATES } from "./limits.ts";
export {
  type ConversationCounts,
  type ConversationQuery,
  countConversations,
  getConversation,
  listConversations,
  listMessages,
} from "./list.ts";
export { notifyOperator } from "./notify.ts";
export { queueNext, queueSend, requireWindow, windowOpen, windowTemplateOf } from "./outgoing.ts";
export { OUTGOING_STATE, TRANSITIONS } from "./policy.ts";
export type { AttachmentView, ContactView, ConversationView, MessageView, SourceView } from "./present.ts";
export { rateAnswer } from "./rate.ts";
export { type Incoming, type Received, receiveMessage } from "./receive.ts";
export { reply, sendMessage } from "./reply.ts";
export { applyRetention, sweepRetention } from "./retention.ts";
export { deleteBlobs, dropBlobs } from "./blobs.ts";
export { returnToBot } from "./return.ts";
export { beginSample, setUpBusiness } from "./sample.ts";
export { conversationSchedules } from "./schedules.ts";
export * from "./schemas.ts";
export { conversationTools } from "./tools.ts";
export {
  askForPerson,
  type ChatSessionView,
  currentSession,
  type NewChatSession,
  openSession,
  receiveVisitorMessage,
  visitorConversationId,
  visitorMessages,
  type VisitView,
} from "./visit.ts";
export { selectAttachments as attachmentsOf, selectFirstUnsent as firstUnsent } from "./store-messages.ts";
export { signingSecrets, webhookSecret } from "./webhook.ts";
export { localeOf } from "./words.ts";
