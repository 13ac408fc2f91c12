import type { Settings } from "./config-schema.ts";
import { senderAddress } from "./ports/mail.ts";

/** Mail that comes in. */
export interface MailInSettings {
  /** The address that customers write to, in lower case; answers go to it with a tag. */
  readonly inbox: string;
  /** Signs what a provider's webhook brings; null: there is none. */
  readonly hookSecret: string | null;
}

export function mailInSettings(settings: Settings, problems: string[]): MailInSettings {
  const { MAIL_HOOK_SECRET: secret } = settings;
  if (secret && !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) {
    problems.push("MAIL_HOOK_SECRET: must be whsec_ and 24 bytes or more in base64");
  }
  return {
    inbox: senderAddress(settings.MAIL_INBOX ?? settings.MAIL_FROM).toLowerCase(),
    hookSecret: secret ?? null,
  };
}
