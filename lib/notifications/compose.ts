import type { Ctx } from "../context.ts";
import type { Carried, CarriedChannel, CarriedMessages, NotifyProvider } from "../ports/notify.ts";
import { DAY, SECOND } from "../kernel/clock.ts";
import { isCarried } from "./decide.ts";
import { enclose } from "./mail-files.ts";
import { composeWebhook } from "./endpoint-calls.ts";
import { isChat, type Priority } from "./schemas.ts";
import { smsStatusUrl } from "./sms-status.ts";
import { selectChatAddress } from "./store-addresses.ts";
import { selectSubscription } from "./store-push.ts";
import { Unsendable } from "./unsendable.ts";
import type { Due } from "./store-deliveries.ts";
import { htmlOf } from "./template.ts";

/** A delivery that is ready for one provider. */
export interface Ready {
  readonly due: Due;
  readonly provider: string;
  /** A send of unknown outcome may be repeated. */
  readonly idempotent: boolean;
  /** There is another provider after this one. */
  readonly more: boolean;
  send(signal: AbortSignal): Promise<Carried>;
}

type Composer<C extends CarriedChannel> = (ctx: Ctx, due: Due) => Promise<CarriedMessages[C]>;

/** What each channel makes of a delivery. Throws a failure of its provider, or Unsendable, when it can't. */
const COMPOSERS: { readonly [C in CarriedChannel]: Composer<C> } = {
  email: async (ctx, due) => {
    const { delivery, notification } = due;
    const { inReplyTo, references, replyTo, from, fromName, byPerson, files: given } = delivery.extra ?? {};
    const { id: deliveryId, locale } = delivery;
    const { files, links } = await enclose(ctx, { deliveryId, locale, given });
    const words = wordsOf(due);
    const html = delivery.html ?? notification.html ?? htmlOf(words.text);
    return {
      ...words,
      text: links === "" ? words.text : `${words.text}\n\n${links}\n`,
      to: delivery.recipient,
      html: links === "" ? html : withinBody(html, htmlOf(links)),
      ...(files.length === 0 ? {} : { files }),
      ...(typeof inReplyTo === "string" ? { inReplyTo } : {}),
      ...(Array.isArray(references) ? { references: references.map(String) } : {}),
      ...(typeof replyTo === "string" ? { replyTo } : {}),
      ...(typeof from === "string" ? { from } : {}),
      ...(typeof fromName === "string" ? { fromName } : {}),
      ...(byPerson === true ? { byPerson } : {}),
    };
  },
  // deno-lint-ignore require-await -- composers of other channels read
  sms: async (ctx, due) => ({
    ...wordsOf(due),
    to: due.delivery.recipient,
    statusUrl: smsStatusUrl(ctx),
  }),
  push: async (ctx, due) => {
    const subscription = await selectSubscription(ctx, due.delivery.recipient);
    if (subscription === null) throw new Unsendable("skipped", "no_subscription");
    const { endpoint, p256dh, auth } = subscription;
    const { category, subjectId, priority } = due.notification;
    return {
      ...wordsOf(due),
      endpoint,
      p256dh,
      auth,
      data: { category, subject_id: subjectId },
      urgency: URGENCY[priority],
      ttlSeconds: DAY / SECOND,
    };
  },
  webhook: composeWebhook,
  slack: composeChat,
  teams: composeChat,
  discord: composeChat,
};

/** Before the end of a whole page; below what is none. */
function withinBody(html: string, more: string): string {
  const end = html.search(/<\/body>/i);
  return end < 0 ? `${html}\n${more}` : `${html.slice(0, end)}${more}\n${html.slice(end)}`;
}

const URGENCY = { low: "low", normal: "normal", high: "high", critical: "high" } as const satisfies Record<
  Priority,
  string
>;

async function composeChat(ctx: Ctx, due: Due): Promise<CarriedMessages["slack"]> {
  const { channel, recipient: name } = due.delivery;
  const row = isChat(channel) ? await selectChatAddress(ctx, { channel, name }) : null;
  if (row === null) throw new Unsendable("skipped", "not_configured");
  const link = due.notification.data["link"];
  return {
    ...wordsOf(due),
    url: await ctx.ports.secrets.open(row.url, row.id),
    link: typeof link === "string" && /^https?:\/\//.test(link) ? link : null,
  };
}

function wordsOf({ delivery, notification }: Due) {
  return {
    id: delivery.id,
    subject: delivery.subject ?? notification.subject,
    text: delivery.text ?? notification.text ?? "",
  };
}

/** Resolves to null when no provider of the channel is configured any more. */
export async function makeReady(ctx: Ctx, due: Due): Promise<Ready | null> {
  const { channel } = due.delivery;
  if (due.notification.cancelledAt !== null) throw new Unsendable("skipped", "cancelled");
  return isCarried(channel) ? await readyFor(ctx, channel, due) : null;
}

async function readyFor<C extends CarriedChannel>(ctx: Ctx, channel: C, due: Due): Promise<Ready | null> {
  const { at, providers } = placeOf(due, ctx.ports.notify[channel]);
  const provider = providers[at];
  if (provider === undefined) return null;
  const message = await COMPOSERS[channel](ctx, due);
  return {
    due,
    provider: provider.name,
    idempotent: provider.idempotent,
    more: at + 1 < providers.length,
    send: (signal) => provider.send(message, { signal }),
  };
}

/**
 * Which provider is next. The order may be another one since the last try; one that may have taken it alone is asked
 * again, and where that can't be, only a person may send it.
 */
function placeOf<P extends NotifyProvider>({ delivery }: Due, providers: readonly P[]) {
  if (!delivery.pinned) {
    return { providers, at: delivery.providerAt < providers.length ? delivery.providerAt : 0 };
  }
  const held = providers.filter(({ name, idempotent }) => idempotent && name === delivery.provider);
  if (held.length === 0) throw new Unsendable("outcome_unknown", "provider_removed");
  return { providers: held, at: 0 };
}

/** Whether a send by the named provider may be repeated when nobody knows what became of it. */
export function mayRepeat(ctx: Ctx, { channel, provider }: { channel: string; provider: string }): boolean {
  const all = Object.values(ctx.ports.notify).flat();
  return all.some((one) => one.channel === channel && one.name === provider && one.idempotent);
}
