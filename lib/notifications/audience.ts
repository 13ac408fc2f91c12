import { addressesOf, loadBusiness, localeOf } from "../conversations/mod.ts";
import { oncePerTransaction, type Tx } from "../context.ts";
import { readersAmong } from "../identity/mod.ts";
import { type Locale, toLocale } from "../identity/schemas.ts";
import type { Template } from "./template.ts";
import { CONTACT_CHANNELS, USER_CHANNELS } from "./policy.ts";
import { isChat, type NotifyChannel } from "./schemas.ts";
import { selectChatAddress } from "./store-addresses.ts";
import { selectEndpoint } from "./store-endpoints.ts";
import { selectSubscription, selectSubscriptionsOf } from "./store-push.ts";

/** Who is told: people by id, or an address as it is. */
export type Audience =
  | { readonly userId: string }
  /** `locale`: for one whose own language is not known. */
  | { readonly contactId: string; readonly locale?: Locale | undefined }
  | { readonly email: string; readonly locale?: Locale }
  | { readonly phone: string; readonly locale?: Locale }
  | { readonly channel: NotifyChannel; readonly recipient: string; readonly locale?: Locale | undefined };

/** By which way an operator hears. */
export type Reached = Extract<Audience, { readonly userId: string } | { readonly email: string }>;

interface Told {
  readonly userId: string | null;
  readonly email: string | null;
  readonly languages: readonly string[];
}

/** An operator as a user of the desk; one who is none by mail, in a language of theirs. null: by no way. */
export async function operatorAudience(
  tx: Tx,
  { userId, email, languages }: Told,
): Promise<Reached | null> {
  if (userId !== null) return { userId };
  return email === null ? null : { email, locale: localeOf(languages, await spoken(tx)) };
}

/** One address of one channel; `problem` says why nothing can go there. */
export interface Target {
  readonly channel: NotifyChannel;
  readonly recipient: string;
  readonly userId: string | null;
  readonly contactId: string | null;
  readonly locale: Locale;
  readonly problem: string | null;
}

const NOBODY = { userId: null, contactId: null, problem: null } as const;

/** Of user ids with a space between them. */
const readers = oncePerTransaction((tx, userIds) => readersAmong(tx, userIds.split(" ").filter(Boolean)));

const spoken = oncePerTransaction(async (tx) => (await loadBusiness(tx)).languages);

/** The language of whom nothing is known: the business's first. */
export const businessLocale = async (tx: Tx) => localeOf([], await spoken(tx));

/** The addresses at which an audience is reached; each only once. */
export async function targetsOf(
  tx: Tx,
  to: readonly Audience[],
  template: Pick<Template, "userChannels" | "contactChannels">,
): Promise<Target[]> {
  const found: Target[] = [];
  const userIds = to.flatMap((one) => "userId" in one ? [one.userId] : []);
  const known = new Map((await readers(tx, userIds.join(" "))).map((reader) => [reader.userId, reader]));
  for (const one of to) {
    if ("userId" in one) {
      const reached = targetsOfUser(one.userId, known.get(one.userId), template);
      found.push(...(await Promise.all(reached.map((target) => withBrowsers(tx, target)))).flat());
    } else if ("contactId" in one) found.push(await targetOfContact(tx, one, template));
    else {
      const locale = one.locale ?? await businessLocale(tx);
      if ("email" in one) found.push({ ...NOBODY, channel: "email", recipient: one.email, locale });
      else if ("phone" in one) found.push({ ...NOBODY, channel: "sms", recipient: one.phone, locale });
      else found.push(...await targetsOfAddress(tx, { ...one, locale }));
    }
  }
  const seen = new Set<string>();
  return found.filter(({ channel, recipient, userId, contactId }) => {
    const address = `${channel} ${recipient || userId || contactId}`;
    if (seen.has(address)) return false;
    seen.add(address);
    return true;
  });
}

interface Known {
  readonly email: string;
  readonly locale: string;
}

function targetsOfUser(
  userId: string,
  reader: Known | undefined,
  { userChannels = USER_CHANNELS }: Pick<Template, "userChannels">,
): Target[] {
  return userChannels.map((channel) => ({
    channel,
    recipient: channel === "email" ? reader?.email ?? "" : userId,
    userId,
    contactId: null,
    locale: toLocale(reader?.locale ?? "es"),
    problem: reader === undefined ? "not_a_member" : null,
  }));
}

async function targetOfContact(
  tx: Tx,
  { contactId, locale: fallback }: { contactId: string; locale?: Locale | undefined },
  { contactChannels = CONTACT_CHANNELS }: Pick<Template, "contactChannels">,
): Promise<Target> {
  const contact = await addressesOf(tx, contactId);
  const locale = toLocale(contact?.locale ?? fallback ?? await businessLocale(tx));
  const [first = "email"] = contactChannels;
  const at = (channel: NotifyChannel, recipient: string, problem: string | null): Target => ({
    channel,
    recipient,
    userId: null,
    contactId,
    locale,
    problem,
  });
  if (contact === null) return at(first, "", "no_such_contact");
  if (contact.leftAlone) return at(first, "", "opted_out");
  const addresses: Partial<Record<NotifyChannel, string | null>> = {
    email: contact.email,
    sms: contact.phone,
    whatsapp: contact.whatsapp,
  };
  for (const channel of contactChannels) {
    const recipient = addresses[channel] ?? null;
    if (recipient !== null) return at(channel, recipient, null);
  }
  return at(first, "", "no_address");
}

/** A push goes to each browser that the user subscribed. */
async function withBrowsers(tx: Tx, target: Target): Promise<Target[]> {
  if (target.channel !== "push" || target.problem !== null) return [target];
  const browsers = await selectSubscriptionsOf(tx, target.recipient);
  if (browsers.length === 0) return [{ ...target, problem: "no_subscription" }];
  return browsers.map(({ id }) => ({ ...target, recipient: id }));
}

interface Address {
  readonly channel: NotifyChannel;
  readonly recipient: string;
  readonly locale: Locale;
}

/** `in_app` and `push` are read by a user, whose language counts; a chat address is known by its name. */
async function targetsOfAddress(tx: Tx, { channel, recipient, locale }: Address): Promise<Target[]> {
  const plain = { ...NOBODY, channel, recipient, locale };
  if (isChat(channel)) {
    const row = await selectChatAddress(tx, { channel, name: recipient });
    return [row === null ? { ...plain, problem: "not_configured" } : plain];
  }
  if (channel === "webhook" && recipient.startsWith("whe_")) {
    const row = await selectEndpoint(tx, recipient);
    const problem = row === null ? "no_such_endpoint" : row.enabled ? null : "endpoint_disabled";
    return [{ ...plain, problem }];
  }
  if (channel === "push" && recipient.startsWith("psh_")) {
    const row = await selectSubscription(tx, recipient);
    return [row === null ? { ...plain, problem: "no_subscription" } : { ...plain, userId: row.userId }];
  }
  if (channel !== "in_app" && channel !== "push") return [plain];
  const [reader] = await readersAmong(tx, [recipient]);
  return await withBrowsers(tx, {
    ...plain,
    userId: recipient,
    locale: toLocale(reader?.locale ?? locale),
    problem: reader === undefined ? "not_a_member" : null,
  });
}
