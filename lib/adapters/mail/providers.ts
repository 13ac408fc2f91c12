import type { Config } from "../../config.ts";
import type { Mailer } from "../../ports/mail.ts";
import { createResendMailer } from "./resend.ts";

type MailProviderName = Config["mail"]["providers"][number];

/** A way to mail under the name that the settings give it. */
export interface NamedMailer {
  readonly name: MailProviderName;
  readonly mailer: Mailer;
  /** A repetition of a mail is known there by its id. */
  readonly idempotent: boolean;
}

export interface MailSetup {
  readonly config: Pick<Config, "notify" | "mail">;
  /** The mail server; null: none that can be reached from here. */
  readonly smtp: Mailer | null;
  /** For the vendors' own addresses. */
  readonly fetch: typeof globalThis.fetch;
}

/** The ways to mail that the settings name and that work from here, in the order in which they are tried. */
export function createMailProviders({ config: { mail, notify }, smtp, fetch }: MailSetup): NamedMailer[] {
  const { resend } = notify;
  const made: Readonly<Record<MailProviderName, () => Mailer | null>> = {
    smtp: () => smtp,
    resend: () => resend === null ? null : createResendMailer({ ...resend, from: mail.from }, { fetch }),
  };
  return mail.providers.flatMap((name) => {
    const mailer = made[name]();
    return mailer === null ? [] : [{ name, mailer, idempotent: IDEMPOTENT[name] }];
  });
}

const IDEMPOTENT = { smtp: false, resend: true } as const satisfies Record<MailProviderName, boolean>;
