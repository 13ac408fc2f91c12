import type { Settings } from "./config-schema.ts";

/** The ways to mail, in the order in which they are tried unless the settings name another. */
export const MAIL_PROVIDER_NAMES = ["smtp", "resend"] as const;
export type MailProviderName = typeof MAIL_PROVIDER_NAMES[number];

export interface MailSettings {
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    readonly user: string | null;
    readonly pass: string | null;
  } | null;
  readonly from: string;
  /** Those that are used, each configured: the next one mails what one can't for now. */
  readonly providers: readonly MailProviderName[];
}

/** The setting that configures each. */
const CONFIGURES = { smtp: "SMTP_HOST", resend: "RESEND_API_KEY" } as const satisfies Record<
  MailProviderName,
  keyof Settings
>;

export function mailSettings(settings: Settings, problems: string[]): MailSettings {
  const { SMTP_HOST: host, SMTP_PORT: port, SMTP_USER: user = null, SMTP_PASS: pass = null } = settings;
  return {
    smtp: host ? { host, port, user, pass } : null,
    from: settings.MAIL_FROM,
    providers: inOrder(settings, problems),
  };
}

function inOrder(settings: Settings, problems: string[]): MailProviderName[] {
  const named = settings.MAIL_PROVIDERS;
  const isConfigured = (name: MailProviderName) => Boolean(settings[CONFIGURES[name]]);
  if (named.length === 0) return MAIL_PROVIDER_NAMES.filter(isConfigured);
  for (const name of new Set(named.filter((one, at) => named.indexOf(one) !== at))) {
    problems.push(`MAIL_PROVIDERS: "${name}" is named twice: name each once, in the order to try them`);
  }
  const order: MailProviderName[] = [];
  for (const name of new Set(named)) {
    const known = MAIL_PROVIDER_NAMES.find((one) => one === name);
    if (known === undefined) {
      problems.push(`MAIL_PROVIDERS: "${name}" is no way to mail: ${MAIL_PROVIDER_NAMES.join(" and ")} are`);
    } else if (!isConfigured(known)) {
      problems.push(`MAIL_PROVIDERS: "${name}" is not configured: set ${CONFIGURES[known]}, or leave it out`);
    } else order.push(known);
  }
  return order;
}
