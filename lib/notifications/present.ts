import { iso, isoOrNull } from "../kernel/clock.ts";
import type { DeliveryState, NotifyChannel, Priority } from "./schemas.ts";
import type { DeliveryAttemptRow } from "./store-attempts.ts";
import type { ShownDelivery } from "./store-history.ts";

/** A delivery as it is shown to whoever may read the history. */
export interface DeliveryView {
  readonly id: string;
  readonly notification_id: string;
  readonly channel: NotifyChannel;
  readonly recipient: string;
  readonly user_id: string | null;
  readonly contact_id: string | null;
  readonly template: string | null;
  readonly category: string;
  readonly priority: Priority;
  /** What it is about. */
  readonly subject_id: string | null;
  readonly subject: string | null;
  readonly message: string;
  readonly state: DeliveryState;
  readonly state_reason: string | null;
  readonly provider: string | null;
  readonly external_id: string | null;
  readonly attempts: number;
  readonly next_try_at: string | null;
  readonly created_at: string;
  readonly state_at: string;
  readonly sent_at: string | null;
  readonly delivered_at: string | null;
  readonly read_at: string | null;
}

/** Enough of a long text to tell it from others. */
const SHOWN_TEXT = 2000;

export function deliveryView({ delivery, notification }: ShownDelivery): DeliveryView {
  return {
    id: delivery.id,
    notification_id: delivery.notificationId,
    channel: delivery.channel,
    recipient: delivery.recipient,
    user_id: delivery.userId,
    contact_id: delivery.contactId,
    template: notification.template,
    category: notification.category,
    priority: notification.priority,
    subject_id: notification.subjectId,
    subject: delivery.subject ?? notification.subject,
    message: (delivery.text ?? notification.text ?? "").slice(0, SHOWN_TEXT).toWellFormed(),
    state: delivery.state,
    state_reason: delivery.reason,
    provider: delivery.provider,
    external_id: delivery.externalId,
    attempts: delivery.tries,
    next_try_at: isoOrNull(delivery.nextTryAt),
    created_at: iso(delivery.createdAt),
    state_at: iso(delivery.stateAt),
    sent_at: isoOrNull(delivery.sentAt),
    delivered_at: isoOrNull(delivery.deliveredAt),
    read_at: isoOrNull(delivery.readAt),
  };
}

export interface DeliveryAttemptView {
  readonly number: number;
  readonly provider: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly vendor_code: string | null;
  readonly detail: string | null;
}

export function attemptView(row: DeliveryAttemptRow): DeliveryAttemptView {
  return {
    number: row.number,
    provider: row.provider,
    started_at: iso(row.startedAt),
    ended_at: isoOrNull(row.endedAt),
    outcome: row.outcome,
    reason: row.reason,
    vendor_code: row.vendorCode,
    detail: row.detail,
  };
}

/** What a user finds in the app. */
export interface InboxView {
  readonly id: string;
  readonly category: string;
  readonly priority: Priority;
  readonly subject_id: string | null;
  readonly subject: string | null;
  readonly message: string;
  readonly created_at: string;
  readonly read_at: string | null;
}

export function inboxView({ delivery, notification }: ShownDelivery): InboxView {
  return {
    id: delivery.id,
    category: notification.category,
    priority: notification.priority,
    subject_id: notification.subjectId,
    subject: delivery.subject ?? notification.subject,
    message: delivery.text ?? notification.text ?? "",
    created_at: iso(delivery.createdAt),
    read_at: isoOrNull(delivery.readAt),
  };
}
