import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid, notConfigured, notFound } from "../kernel/errors.ts";
import type { Locale } from "../identity/schemas.ts";
import { addressFor } from "./address.ts";
import { type Target, targetsOf } from "./audience.ts";
import { isConfigured } from "./decide.ts";
import { write } from "./notify.ts";
import { type DeliveryView, deliveryView } from "./present.ts";
import { NEEDS } from "./policy.ts";
import type { NotifyChannel, Priority } from "./schemas.ts";
import { selectShown } from "./store-deliveries.ts";
import { htmlOf } from "./template.ts";
import { senderNumber } from "./whatsapp.ts";

/** Free words to one address. */
export interface SendOrder {
  readonly channel: NotifyChannel;
  /** An address of the channel; or the id of a contact (`con_...`) or of a user (`usr_...`). */
  readonly recipient: string;
  readonly subject?: string | undefined;
  readonly message: string;
  readonly priority?: Priority | undefined;
  readonly category?: string | undefined;
  /** The same key again is the same notification. */
  readonly key?: string | undefined;
  readonly locale?: Locale | undefined;
}

/** Puts a notification on its way. Throws 503 `not_configured` when its channel is not. */
export async function sendNotification(ctx: Ctx, order: SendOrder): Promise<DeliveryView> {
  requireScope(ctx, "notifications:write");
  const { channel, message, priority = "normal", category = "general", key } = order;
  const able = channel === "whatsapp" ? await senderNumber(ctx) !== null : isConfigured(ctx, channel);
  if (!able) throw notConfigured(`The channel ${channel}`, NEEDS[channel]);
  const subject = order.subject ?? "";
  return await ctx.transact(async (tx) => {
    const targets = await targetsFor(tx, order);
    const { notificationId, deliveries: [delivery], repeated } = await write(tx, {
      template: null,
      category,
      priority,
      key,
      data: {},
      targets,
      wordsFor: () => ({ subject, text: message, html: htmlOf(message) }),
    });
    const row = delivery === undefined ? null : await selectShown(tx, delivery.id);
    if (row === null) throw notFound("notification", notificationId);
    if (!repeated) {
      await audit(tx, {
        action: "notification.send",
        subjectId: row.delivery.id,
        detail: { channel, category },
      });
    }
    return deliveryView(row);
  });
}

/** One, or each browser of a user. Throws 422 for a recipient that the channel can't have. */
async function targetsFor(tx: Tx, { channel, recipient, locale = "es" }: SendOrder): Promise<Target[]> {
  const found = recipient.startsWith("con_")
    ? await targetsOf(tx, [{ contactId: recipient }], { contactChannels: [channel] })
    : recipient.startsWith("usr_")
    ? await targetsOf(tx, [{ userId: recipient }], { userChannels: [channel] })
    : await targetsOf(tx, [{ channel, recipient: addressFor(channel, recipient), locale }], {});
  const [first] = found;
  const problem = first?.problem ?? null;
  if (problem === "not_configured") throw notConfigured(`The channel ${channel}`, NEEDS[channel]);
  if (first === undefined || (problem !== null && problem !== "opted_out")) {
    throw invalid("recipient", PROBLEMS[problem ?? ""] ?? "can't be reached over this channel");
  }
  return found;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  not_a_member: "is nobody of this workspace",
  no_such_contact: "is no contact of this workspace",
  no_address: "has no address for this channel",
  no_such_endpoint: "is no endpoint of this workspace",
  endpoint_disabled: "is an endpoint that is disabled",
  no_subscription: "has no browser that is subscribed",
};
