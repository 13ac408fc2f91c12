export { isMailAddress } from "./address.ts";
export { announce, type Announced, type Announcement } from "./admin.ts";
export { type Audience, operatorAudience, type Reached } from "./audience.ts";
export { type MailedFile, MOST_IN_MAIL, openMailFile } from "./mail-files.ts";
export {
  type ChatAddressView,
  listChatAddresses,
  type NewChatAddress,
  removeChatAddress,
  saveChatAddress,
} from "./chat-addresses.ts";
export { type BulkOrder, type BulkView, cancelBulk, getBulk, listBulks, sendBulk } from "./bulk.ts";
export {
  contactPreferences,
  myPreferences,
  type Peace,
  setContactPreferences,
  setMyPreferences,
} from "./preferences.ts";
export {
  createTemplateRow,
  getTemplateRow,
  listTemplateRows,
  previewTemplate,
  removeTemplateRow,
  replaceTemplateRow,
  type SaveTemplate,
  type TemplateRowView,
} from "./template-rows.ts";
export { closeDigestNow } from "./digest.ts";
export { fanOutChunk } from "./fan-out.ts";
export { notificationSchedules } from "./schedules.ts";
export { sweepNotifications } from "./sweep.ts";
export { deliverThese } from "./deliver.ts";
export { listCalls, type Replay, replayCalls, testEndpoint, webhookConsumer } from "./endpoint-calls.ts";
export {
  changeEndpoint,
  createEndpoint,
  type EndpointChange,
  type EndpointView,
  type EndpointWithSecret,
  getEndpoint,
  listEndpoints,
  type NewEndpoint,
  removeEndpoint,
  rotateEndpointSecret,
} from "./endpoints.ts";
export {
  type DeliveryDetail,
  getDelivery,
  type HistoryQuery,
  listDeliveries,
  resendDelivery,
} from "./history.ts";
export { listInbox, readAllNotifications, readNotification, type UnreadCount, unreadCount } from "./inbox.ts";
export { closeDigest, deliver, deliverBulk, fanOut, notificationSweep, smsStatus } from "./jobs.ts";
export { type MailThread, type Notice, type Notified, type NotifiedDelivery, notify } from "./notify.ts";
export type { DeliveryAttemptView, DeliveryView, InboxView } from "./present.ts";
export { sendNotification, type SendOrder } from "./send.ts";
export { defineTemplate, renderText, type Template, type TemplateText } from "./template.ts";
export { notificationTools } from "./tools.ts";
export { templateField } from "./schemas.ts";
export {
  listPushSubscriptions,
  type NewPushSubscription,
  pushKey,
  type PushSubscriptionView,
  subscribePush,
  unsubscribePush,
} from "./push.ts";
export { applySmsStatus, SMS_STATUS_PATH, takeSmsStatus } from "./sms-status.ts";
export { notificationTemplates } from "./templates.ts";
export { whatsAppNewsConsumer } from "./whatsapp.ts";
export { eraseNotificationsOf, exportNotificationsOf } from "./privacy.ts";
export {
  deleteAbout as forgetNotificationsAbout,
  deleteMarked as forgetNotificationsMarked,
} from "./store-privacy.ts";
