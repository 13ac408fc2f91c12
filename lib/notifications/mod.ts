export type { Audience } from "./audience.ts";
export { deliverThese } from "./deliver.ts";
export {
  type DeliveryDetail,
  getDelivery,
  type HistoryQuery,
  listDeliveries,
  resendDelivery,
} from "./history.ts";
export { listInbox, readAllNotifications, readNotification, type UnreadCount, unreadCount } from "./inbox.ts";
export { deliver } from "./jobs.ts";
export { type MailThread, type Notice, type Notified, type NotifiedDelivery, notify } from "./notify.ts";
export type { DeliveryAttemptView, DeliveryView, InboxView } from "./present.ts";
export { sendNotification, type SendOrder } from "./send.ts";
export { defineTemplate, type Template, type TemplateText } from "./template.ts";
export { notificationTools } from "./tools.ts";
