import { DAY, HOUR, MINUTE, SECOND } from "../kernel/clock.ts";
import type { NotifyChannel, Priority } from "./schemas.ts";

/** Minutes of waiting that a priority counts for: a critical one overtakes whatever came within the last day. */
export const PRIORITY_RANK = { low: -10, normal: 0, high: 60, critical: 1440 } as const satisfies Record<
  Priority,
  number
>;

const SOON = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR] as const;

/** The gaps between tries after failures that pass by themselves; after the last one the delivery has failed. */
export const GAPS: Readonly<Record<NotifyChannel, readonly number[]>> = {
  email: SOON,
  sms: [30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR],
  push: [30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR],
  webhook: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR],
  slack: [5 * SECOND, MINUTE, 10 * MINUTE, HOUR],
  teams: [5 * SECOND, MINUTE, 10 * MINUTE, HOUR],
  discord: [5 * SECOND, MINUTE, 10 * MINUTE, HOUR],
  in_app: [],
  whatsapp: [MINUTE],
};

/** No address holds a delivery back for longer, whatever its Retry-After says. */
export const MOST_ASKED_MS = DAY;

export const USER_CHANNELS = ["in_app", "email"] as const satisfies readonly NotifyChannel[];
export const CONTACT_CHANNELS = ["email"] as const satisfies readonly NotifyChannel[];

/** Calls that one job makes at a time: what a crash can leave in doubt. */
export const WAVE = 50;

/** Recipients of a notification to many that one commit turns into deliveries; others wait for it. */
export const CHUNK = 500;
/** Deliveries that one job sends, wave after wave. */
export const DELIVERIES_A_JOB = 250;

/** A delivery that nobody touched for so long has lost its job. */
export const FORGOTTEN_MS = 15 * MINUTE;
export const KEEP_MS = 180 * DAY;

/** What each channel needs to be set. */
export const NEEDS: Readonly<Record<NotifyChannel, readonly string[]>> = {
  email: ["SMTP_HOST (or RESEND_API_KEY)", "MAIL_FROM"],
  sms: ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"],
  push: ["VAPID_PUBLIC_KEY", "VAPID_PRIVATE_KEY", "VAPID_SUBJECT"],
  webhook: [],
  slack: ["an address at /api/notifications/addresses"],
  teams: ["an address at /api/notifications/addresses"],
  discord: ["an address at /api/notifications/addresses"],
  in_app: [],
  whatsapp: ["a number at /api/channels"],
};

/**
 * When an endpoint is disabled by itself: a call of it came to its end without a success since it was made, or so
 * many tries failed in a row over so long a time.
 */
export const DISABLE = { failures: 100, spanMs: HOUR } as const;
/** For so long after its first failure what a disabled endpoint misses is kept to be replayed. */
export const MISSED_MS = 30 * DAY;

/** Why the members of a digest go no way of their own; the id of the delivery that tells of them together follows. */
export const MERGED_INTO = "merged into ";
