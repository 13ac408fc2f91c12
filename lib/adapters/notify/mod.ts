import type { Config } from "../../config.ts";
import type { GuardedFetch } from "../../ports/fetch.ts";
import type { NotifyProviders } from "../../ports/notify.ts";
import type { NamedMailer } from "../mail/providers.ts";
import { createDiscord } from "./discord.ts";
import { createMailProvider } from "./mail.ts";
import { createSlack } from "./slack.ts";
import { createTeams } from "./teams.ts";
import { createTwilio } from "./twilio.ts";
import { createWebPush } from "./web-push.ts";
import { createWebhooks } from "./webhook.ts";

export interface NotifySetup {
  readonly config: Pick<Config, "notify">;
  /** The ways to mail, in order. */
  readonly mailers: readonly NamedMailer[];
  /** For the vendors' own addresses. */
  readonly fetch: typeof globalThis.fetch;
  /** For addresses that users gave. */
  readonly guarded: GuardedFetch;
  readonly now: () => number;
}

/** The providers that the settings allow, in the order in which they are tried. */
export function createNotifyProviders(
  { config: { notify }, mailers, fetch, guarded, now }: NotifySetup,
): NotifyProviders {
  const { twilio, vapid } = notify;
  return {
    email: mailers.map(createMailProvider),
    sms: twilio === null ? [] : [createTwilio(twilio, { fetch })],
    push: vapid === null ? [] : [createWebPush(vapid, { fetch: guarded })],
    webhook: [createWebhooks({ fetch: guarded, now })],
    slack: [createSlack(guarded)],
    teams: [createTeams(guarded)],
    discord: [createDiscord(guarded)],
  };
}
