import type { Settings } from "./config-schema.ts";
import { together } from "./config-together.ts";

/** Who carries notifications; null: not configured. */
export interface NotifySettings {
  readonly resend: { readonly apiKey: string; readonly baseUrl: string } | null;
  readonly twilio: {
    readonly accountSid: string;
    readonly authToken: string;
    readonly from: string;
    readonly baseUrl: string;
  } | null;
  readonly vapid: {
    readonly publicKey: string;
    readonly privateKey: string;
    readonly subject: string;
  } | null;
}

const TWILIO_NAMES = ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"] as const;
const VAPID_NAMES = ["VAPID_PUBLIC_KEY", "VAPID_PRIVATE_KEY", "VAPID_SUBJECT"] as const;

/** Each provider's settings are set together or not at all. */
export function notifySettings(settings: Settings, problems: string[]): NotifySettings {
  const { RESEND_API_KEY: apiKey, RESEND_BASE_URL, TWILIO_BASE_URL } = settings;
  const twilio = together(settings, { names: TWILIO_NAMES, problems });
  const vapid = together(settings, { names: VAPID_NAMES, problems });
  if (vapid !== null) checkVapid(vapid, problems);
  return {
    resend: apiKey ? { apiKey, baseUrl: RESEND_BASE_URL } : null,
    twilio: twilio === null ? null : {
      accountSid: twilio.TWILIO_ACCOUNT_SID,
      authToken: twilio.TWILIO_AUTH_TOKEN,
      from: twilio.TWILIO_FROM,
      baseUrl: TWILIO_BASE_URL,
    },
    vapid: vapid === null ? null : {
      publicKey: vapid.VAPID_PUBLIC_KEY,
      privateKey: vapid.VAPID_PRIVATE_KEY,
      subject: vapid.VAPID_SUBJECT,
    },
  };
}

function checkVapid(vapid: Record<typeof VAPID_NAMES[number], string>, problems: string[]): void {
  if (!/^[A-Za-z0-9_-]{87}=?$/.test(vapid.VAPID_PUBLIC_KEY)) {
    problems.push(
      "VAPID_PUBLIC_KEY: must be 65 bytes in base64url (make a pair with: npx web-push generate-vapid-keys)",
    );
  }
  if (!/^[A-Za-z0-9_-]{43}=?$/.test(vapid.VAPID_PRIVATE_KEY)) {
    problems.push("VAPID_PRIVATE_KEY: must be 32 bytes in base64url");
  }
  if (!/^(mailto:|https:\/\/)\S+$/.test(vapid.VAPID_SUBJECT)) {
    problems.push("VAPID_SUBJECT: must be mailto:you@example.com or an https address");
  }
}
