import type { Mailer } from "../../ports/mail.ts";
import type { NotifyProviders } from "../../ports/notify.ts";
import { createMailProvider } from "./mail.ts";

export interface NotifySetup {
  /** The mail server, configured or not. */
  readonly mail: Mailer;
}

/** The providers that the settings allow, in the order in which they are tried. */
export function createNotifyProviders({ mail }: NotifySetup): NotifyProviders {
  return {
    email: mail.configured ? [createMailProvider(mail)] : [],
    sms: [],
    push: [],
    webhook: [],
    slack: [],
    teams: [],
    discord: [],
  };
}
