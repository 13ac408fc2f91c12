import type { Settings } from "./config-schema.ts";
import { together } from "./config-together.ts";
import { senderAddress } from "./ports/mail.ts";

/** An account on an IMAP server. */
export interface ImapSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** null: `oauth` is there. */
  readonly pass: string | null;
  /** Access tokens in the place of a password; null: `pass` is there. */
  readonly oauth: ImapOauthSettings | null;
}

export interface ImapOauthSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly refreshToken: string;
}

/** Where providers that take no passwords give access tokens. */
const TOKEN_URLS: Readonly<Record<string, string>> = {
  "imap.gmail.com": "https://oauth2.googleapis.com/token",
  "outlook.office365.com": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
};

/** Mail that comes in. */
export interface MailInSettings {
  /** The address that customers write to, in lower case; answers go to it with a tag. */
  readonly inbox: string;
  /** Signs what a provider's webhook brings; null: there is none. */
  readonly hookSecret: string | null;
  /** The inbox's own mailbox; null: there is none. */
  readonly imap: ImapSettings | null;
  /** All that are read. What comes to the others is told by the addresses that it was sent to. */
  readonly mailboxes: readonly ImapSettings[];
}

const PASSWORD_NAMES = ["IMAP_HOST", "IMAP_USER", "IMAP_PASS"] as const;
const OAUTH_NAMES = ["IMAP_HOST", "IMAP_USER", "IMAP_OAUTH_CLIENT_ID", "IMAP_OAUTH_REFRESH_TOKEN"] as const;

export function mailInSettings(settings: Settings, problems: string[]): MailInSettings {
  const { MAIL_HOOK_SECRET: secret } = settings;
  if (secret && !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(secret)) {
    problems.push("MAIL_HOOK_SECRET: must be whsec_ and 24 bytes or more in base64");
  }
  const imap = imapSettings(settings, problems);
  const more = settings.IMAP_MORE.flatMap((one, at) => moreSettings(one, { at, problems }));
  const account = imap?.user.includes("@") ? imap.user : null;
  return {
    inbox: senderAddress(settings.MAIL_INBOX ?? account ?? settings.MAIL_FROM).toLowerCase(),
    hookSecret: secret ?? null,
    imap,
    mailboxes: imap === null ? more : [imap, ...more],
  };
}

/** Says no word of what is wrong with one: it holds a password. */
function moreSettings(
  text: string,
  { at, problems }: { readonly at: number; readonly problems: string[] },
): ImapSettings[] {
  const url = URL.parse(text);
  const [user, pass] = [url?.username ?? "", url?.password ?? ""].map(decoded);
  if (url?.protocol !== "imap:" || url.hostname === "" || !user || !pass) {
    problems.push(`IMAP_MORE: number ${at + 1} must be imap://user:password@host:port`);
    return [];
  }
  return [{
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || 993),
    user,
    pass,
    oauth: null,
  }];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

function imapSettings(settings: Settings, problems: string[]): ImapSettings | null {
  const byToken = settings.IMAP_OAUTH_CLIENT_ID || settings.IMAP_OAUTH_REFRESH_TOKEN;
  const given = together(settings, { names: byToken ? OAUTH_NAMES : PASSWORD_NAMES, problems });
  if (given === null) return null;
  const { IMAP_HOST: host, IMAP_USER: user } = given;
  return {
    host,
    user,
    port: settings.IMAP_PORT,
    pass: byToken ? null : settings.IMAP_PASS ?? "",
    oauth: byToken ? oauthSettings(settings, problems) : null,
  };
}

function oauthSettings(settings: Settings, problems: string[]): ImapOauthSettings {
  const { IMAP_HOST: host = "", IMAP_OAUTH_TOKEN_URL: given } = settings;
  const tokenUrl = given ?? TOKEN_URLS[host.toLowerCase()];
  if (tokenUrl === undefined) {
    problems.push(`IMAP_OAUTH_TOKEN_URL: must be set, since the one of ${host} is not known`);
  }
  if (settings.IMAP_PASS) problems.push("IMAP_PASS: can't be set with IMAP_OAUTH_REFRESH_TOKEN");
  return {
    tokenUrl: tokenUrl ?? "",
    clientId: settings.IMAP_OAUTH_CLIENT_ID ?? "",
    clientSecret: settings.IMAP_OAUTH_CLIENT_SECRET ?? null,
    refreshToken: settings.IMAP_OAUTH_REFRESH_TOKEN ?? "",
  };
}
