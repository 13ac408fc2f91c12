import type { Settings } from "./config-schema.ts";
import { together } from "./config-together.ts";
import { senderAddress } from "./ports/mail.ts";

/** An account on an IMAP server. */
export interface ImapSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly pass: string;
}

/** Mail that comes in. */
export interface MailInSettings {
  /** The address that customers write to, in lower case; answers go to it with a tag. */
  readonly inbox: string;
  /** Signs what a provider's webhook brings; null: there is none. */
  readonly hookSecret: string | null;
  /** The mailbox that is read; null: there is none. */
  readonly imap: ImapSettings | null;
}

const IMAP_NAMES = ["IMAP_HOST", "IMAP_USER", "IMAP_PASS"] as const;

export function mailInSettings(settings: Settings, problems: string[]): MailInSettings {
  const { MAIL_HOOK_SECRET: secret } = settings;
  if (secret && !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) {
    problems.push("MAIL_HOOK_SECRET: must be whsec_ and 24 bytes or more in base64");
  }
  const imap = together(settings, { names: IMAP_NAMES, problems });
  const account = imap?.IMAP_USER.includes("@") ? imap.IMAP_USER : null;
  return {
    inbox: senderAddress(settings.MAIL_INBOX ?? account ?? settings.MAIL_FROM).toLowerCase(),
    hookSecret: secret ?? null,
    imap: imap === null ? null : {
      host: imap.IMAP_HOST,
      port: settings.IMAP_PORT,
      user: imap.IMAP_USER,
      pass: imap.IMAP_PASS,
    },
  };
}
