import type { Config } from "../../config.ts";
import type { GuardedFetch } from "../../ports/fetch.ts";
import type { Mailer } from "../../ports/mail.ts";
import type { NotifyProviders } from "../../ports/notify.ts";
import { createResendMailer } from "../mail/resend.ts";
import { createDiscord } from "./discord.ts";
import { createMailProvider } from "./mail.ts";
import { createSlack } from "./slack.ts";
import { createTeams } from "./teams.ts";
import { createTwilio } from "./twilio.ts";
import { createWebPush } from "./web-push.ts";
import { createWebhooks } from "./webhook.ts";

export interface NotifySetup {
  readonly config: Pick<Config, "notify" | "mail">;
  /** The mail server; null: none that can be reached from here. */
  readonly smtp: Mailer | null;
  /** For the vendors' own addresses. */
  readonly fetch: typeof globalThis.fetch;
  /** For addresses that users gave. */
  readonly guarded: GuardedFetch;
  readonly now: () => number;
}

/** The providers that the settings allow, in the order in which they are tried. */
export function createNotifyProviders(
  { config: { notify, mail }, smtp, fetch, guarded, now }: NotifySetup,
): NotifyProviders {
  const { resend, twilio, vapid } = notify;
  return {
    email: [
      ...(smtp === null ? [] : [createMailProvider(smtp, { name: "smtp", idempotent: false })]),
      ...(resend === null ? [] : [
        createMailProvider(createResendMailer({ ...resend, from: mail.from }, { fetch }), {
          name: "resend",
          idempotent: true,
        }),
      ]),
    ],
    sms: twilio === null ? [] : [createTwilio(twilio, { fetch })],
    push: vapid === null ? [] : [createWebPush(vapid, { fetch: guarded })],
    webhook: [createWebhooks({ fetch: guarded, now })],
    slack: [createSlack(guarded)],
    teams: [createTeams(guarded)],
    discord: [createDiscord(guarded)],
  };
}
