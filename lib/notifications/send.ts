import { audit } from "../audit/mod.ts";
import type { Ctx, Tx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import {
  AppError,
  type FieldError,
  invalid,
  invalidFields,
  notConfigured,
  notFound,
  underPath,
} from "../kernel/errors.ts";
import type { Locale } from "../identity/schemas.ts";
import { addressFor } from "./address.ts";
import { type Target, targetsOf } from "./audience.ts";
import { isConfigured } from "./decide.ts";
import { write } from "./notify.ts";
import { type DeliveryView, deliveryView } from "./present.ts";
import { NEEDS } from "./policy.ts";
import type { NotifyChannel, Priority } from "./schemas.ts";
import { selectShown } from "./store-history.ts";
import type { TemplateVariable } from "../../db/schema/notification-templates.ts";
import { htmlOf, type Rendered } from "./template.ts";
import { type Pace, paceOf, wordingOf, wordsOfRow } from "./words.ts";
import { senderNumber } from "./whatsapp.ts";

/** Free words to one address. */
export interface SendOrder {
  readonly channel: NotifyChannel;
  /** An address of the channel; or the id of a contact (`con_...`) or of a user (`usr_...`). */
  readonly recipient: string;
  readonly subject?: string | undefined;
  /** Words, or else the name of one of the workspace's templates and its data. */
  readonly message?: string | undefined;
  readonly template?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly priority?: Priority | undefined;
  readonly category?: string | undefined;
  /** The same key again is the same notification. */
  readonly key?: string | undefined;
  readonly locale?: Locale | undefined;
}

/** Puts a notification on its way. Throws 503 `not_configured` when its channel is not. */
export async function sendNotification(ctx: Ctx, order: SendOrder): Promise<DeliveryView> {
  requireScope(ctx, "notifications:write");
  const { channel, recipient, priority = "normal", key } = order;
  const able = channel === "whatsapp" ? await senderNumber(ctx) !== null : isConfigured(ctx, channel);
  if (!able) throw notConfigured(`The channel ${channel}`, NEEDS[channel]);
  if (channel === "webhook" && /^https?:/i.test(recipient)) {
    await ctx.ports.fetch.check(recipient).catch((thrown) => {
      throw underPath("recipient", thrown);
    });
  }
  return await ctx.transact(async (tx) => {
    const targets = await targetsFor(tx, order);
    const { wordsFor, category, pace } = await wordsOf(tx, order);
    const { notificationId, deliveries: [delivery], repeated } = await write(tx, {
      template: order.template === undefined ? null : { name: order.template, ...pace },
      category,
      priority,
      key,
      data: { ...order.data },
      targets,
      wordsFor,
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

interface Words {
  readonly wordsFor: (locale: Locale) => Rendered;
  readonly category: string;
  readonly pace: Pace;
}

async function wordsOf(
  tx: Tx,
  { subject = "", message, template, data = {}, category }: SendOrder,
): Promise<Words> {
  if (template === undefined) {
    if (message === undefined) throw invalid("message", "is missing: give it, or a template");
    const words = { subject, text: message, html: htmlOf(message) };
    return { category: category ?? "general", wordsFor: () => words, pace: {} };
  }
  if (message !== undefined) throw invalid("message", "and template are not given together");
  const wording = await wordingOf(tx, template);
  if (wording === null) throw invalid("template", "is no template of this workspace");
  const wrong = wrongData(wording.row.variables, data);
  if (wrong.length > 0) throw invalidFields(wrong);
  return {
    category: category ?? wording.row.category,
    wordsFor: (locale) => wordsOfRow(wording, locale, data),
    pace: paceOf(wording.row),
  };
}

/** One, or each browser of a user. Throws 422 for a recipient that the channel can't have. */
async function targetsFor(tx: Tx, { channel, recipient, locale }: SendOrder): Promise<Target[]> {
  const found = recipient.startsWith("con_")
    ? await targetsOf(tx, [{ contactId: recipient }], { contactChannels: [channel] })
    : recipient.startsWith("usr_")
    ? await targetsOf(tx, [{ userId: recipient }], { userChannels: [channel] })
    : await targetsOf(tx, [{ channel, recipient: addressFor(channel, recipient), locale }], {});
  const [first] = found;
  const problem = first?.problem ?? null;
  if (problem === "not_configured") throw notConfigured(`The channel ${channel}`, NEEDS[channel]);
  if (first === undefined || (problem !== null && problem !== "opted_out")) {
    const message = PROBLEMS[problem ?? ""] ?? "can't be reached over this channel";
    throw new AppError("validation_failed", `recipient: ${message}`, {
      errors: [{ path: "recipient", message }],
      extra: problem === null ? {} : { reason: problem },
    });
  }
  return found;
}

const TYPES: Readonly<Record<TemplateVariable["type"], (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  list: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

function wrongData(
  variables: Readonly<Record<string, TemplateVariable>>,
  data: Readonly<Record<string, unknown>>,
): FieldError[] {
  return Object.entries(variables).flatMap(([name, { type, required }]) => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value === undefined || value === null) {
      return required ? [{ path: `data.${name}`, message: "is missing" }] : [];
    }
    return TYPES[type](value) ? [] : [{ path: `data.${name}`, message: `must be a ${type}` }];
  });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  not_a_member: "is nobody of this workspace",
  no_such_contact: "is no contact of this workspace",
  no_address: "has no address for this channel",
  no_such_endpoint: "is no endpoint of this workspace",
  endpoint_disabled: "is an endpoint that is disabled",
  no_subscription: "has no browser that is subscribed",
};
