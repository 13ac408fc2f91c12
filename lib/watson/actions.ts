import { ZodError } from "zod";
import type { Ctx } from "../context.ts";
import { DAY } from "../kernel/clock.ts";
import { AppError } from "../kernel/errors.ts";
import { schemaRefusal } from "../kernel/issues.ts";
import { daysOf } from "../business-time/mod.ts";
import type { Locale } from "../knowledge/mod.ts";
import type { Tool } from "../kernel/define-tool.ts";
import { notificationTools } from "../notifications/mod.ts";
import { isChat } from "../notifications/schemas.ts";
import { reportTools } from "../reports/mod.ts";
import { ticketTools } from "../tickets/mod.ts";
import { visitTools } from "../visits/mod.ts";
import type { Action } from "./intents.ts";
import type { Slots } from "./slots.ts";
import { instantOfWhen } from "./when.ts";
import { unsentIn } from "./unsent.ts";
import { visitMeant } from "./visits.ts";
import { SAID, STATES } from "./words.ts";
import { sayChoice } from "../words/mod.ts";

/** What an action is done with, beside what was said. */
export interface Surroundings {
  readonly locale: Locale;
  /** The business's. */
  readonly zone: string;
  readonly user: string | null;
  /** Ids that the caller knows: `contact_id`, `client_id`, `conversation_id`, `site_id`, `operator_id`. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Our id of the talk, in which more can be said and asked afterwards; null: it is none. */
  readonly session: string | null;
}

export interface Done {
  readonly reply: string;
  readonly result: Record<string, unknown>;
}

/** Whose tools the actions are done by. */
const DOABLE: readonly Tool<Ctx>[] = [...ticketTools, ...visitTools, ...notificationTools, ...reportTools];

type Perform = (ctx: Ctx, slots: Slots, around: Surroundings) => Promise<Done>;

async function call(
  ctx: Ctx,
  name: string,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const tool = DOABLE.find((one) => one.name === name);
  if (tool === undefined) throw new AppError("internal", `There is no tool "${name}"`);
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const result = await tool.call(ctx, given).catch((thrown) => {
    throw asRefusal(thrown);
  });
  return typeof result === "object" && result !== null ? { ...result } : {};
}

/** Input that a tool does not take is a refusal like any other. */
function asRefusal(thrown: unknown): unknown {
  return thrown instanceof ZodError ? schemaRefusal(thrown) : thrown;
}

/** An id that came with the call, if it came as one. */
function idOf({ context }: Surroundings, name: string): string | undefined {
  const value = context[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function firstLine(text: string): string {
  const line = text.split(/[\n.!?]/, 1)[0]?.trim() || text.trim();
  return line.length > 120 ? `${line.slice(0, 119).toWellFormed()}…` : line;
}

/** A time as it is said. */
export function spoken(at: number, { locale, zone }: Pick<Surroundings, "locale" | "zone">): string {
  // The twelve hours of Spanish end in a full stop, wherever they stand in a sentence.
  return new Intl.DateTimeFormat(locale === "es" ? "es-MX" : "en-US", {
    ...(locale === "es" ? { hourCycle: "h23" } : {}),
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  }).format(at);
}

const createTicket: Perform = async (ctx, { description = "", priority }, around) => {
  const result = await call(ctx, "tickets.open", {
    subject: firstLine(description),
    description,
    priority,
    source: "watson",
    contact_id: idOf(around, "contact_id"),
    client_id: idOf(around, "client_id"),
    conversation_id: idOf(around, "conversation_id"),
  });
  const { reference } = result;
  return {
    result,
    reply: around.locale === "es" ? `Abrí el ticket ${reference}.` : `I opened ticket ${reference}.`,
  };
};

const scheduleVisit: Perform = async (ctx, { when, description }, around) => {
  if (when === undefined) throw new AppError("internal", "A visit was to be scheduled at no time");
  const at = instantOfWhen(when, around.zone);
  const result = await call(ctx, "visits.schedule", {
    starts_at: new Date(at).toISOString(),
    subject: firstLine(description ?? (around.locale === "es" ? "Visita" : "Visit")),
    client_id: idOf(around, "client_id"),
    contact_id: idOf(around, "contact_id"),
    site_id: idOf(around, "site_id"),
    operator_id: idOf(around, "operator_id"),
    ticket_id: idOf(around, "ticket_id"),
  });
  const time = spoken(at, around);
  return {
    result,
    reply: around.locale === "es"
      ? `La visita queda agendada para el ${time}.`
      : `The visit is scheduled for ${time}.`,
  };
};

/** The visit that is spoken of. */
async function meantIn(ctx: Ctx, around: Surroundings, when: Slots["which"]) {
  const { session, zone } = around;
  const [visitId, contactId, clientId] = ["visit_id", "contact_id", "client_id"].map((name) =>
    idOf(around, name)
  );
  return await visitMeant(ctx, { visitId, contactId, clientId, session, when, zone });
}

const rescheduleVisit: Perform = async (ctx, { when, which }, around) => {
  if (when === undefined) throw new AppError("internal", "A visit was to be moved to no time");
  const { id } = await meantIn(ctx, around, which);
  const at = instantOfWhen(when, around.zone);
  const result = await call(ctx, "visits.reschedule", { id, starts_at: new Date(at).toISOString() });
  const time = spoken(at, around);
  return {
    result,
    reply: around.locale === "es" ? `La visita pasa al ${time}.` : `The visit is moved to ${time}.`,
  };
};

const cancelVisit: Perform = async (ctx, { which }, around) => {
  const { locale } = around;
  const { id, starts_at } = await meantIn(ctx, around, which);
  const result = await call(ctx, "visits.cancel", { id, reason: SAID.called_off[locale] });
  const time = starts_at === null ? null : spoken(Date.parse(starts_at), around);
  const named = time === null ? "" : { es: ` del ${time}`, en: ` of ${time}` }[locale];
  return {
    result,
    reply: locale === "es" ? `La visita${named} queda cancelada.` : `The visit${named} is cancelled.`,
  };
};

/** Whom a notification goes to, as it is said: a chat by its name, a person whose id came by no id. */
function wordFor(
  { channel, recipient, locale }: {
    channel: NonNullable<Slots["channel"]>;
    recipient: string;
    locale: Locale;
  },
): string {
  if (isChat(channel)) return `${channel[0]?.toUpperCase()}${channel.slice(1)}`;
  return /^(con|usr)_/.test(recipient) ? { es: "esa persona", en: "that person" }[locale] : recipient;
}

const sendNotification: Perform = async (
  ctx,
  { channel = "email", recipient = "", message = "" },
  around,
) => {
  const { locale } = around;
  const result = await call(ctx, "notifications.send", { channel, recipient, message });
  const { state, state_reason: reason, next_try_at: later } = result;
  if (state === "skipped") return { result, reply: unsentIn(locale, reason) };
  const whom = wordFor({ channel, recipient, locale });
  if (reason === "quiet_hours" && typeof later === "string") {
    const time = spoken(Date.parse(later), around);
    return {
      result,
      reply: locale === "es"
        ? `Son horas de silencio para ${whom}: el aviso saldrá el ${time}.`
        : `These are quiet hours for ${whom}: the notification goes out on ${time}.`,
    };
  }
  return {
    result,
    reply: locale === "es"
      ? `El aviso a ${whom} va en camino.`
      : `The notification to ${whom} is on its way.`,
  };
};

const generateReport: Perform = async (
  ctx,
  { dataset = "tickets", range = "week", format = "xlsx" },
  around,
) => {
  const days = daysOf(range, { zone: around.zone, now: ctx.now() });
  const result = await call(ctx, "reports.named", {
    name: dataset,
    format,
    language: around.locale,
    ...days,
  });
  const { name } = result;
  return {
    result,
    reply: around.locale === "es"
      ? `Preparo el informe «${name}» del ${days.from} al ${days.to}; lo encontrará en la lista de informes.${
        around.session !== null ? " Pregúnteme por él y le doy el enlace." : ""
      }`
      : `I am preparing the report "${name}" from ${days.from} to ${days.to}; you will find it in the list of reports.${
        around.session !== null ? " Ask me for it and I give you the link." : ""
      }`,
  };
};

const queryStatus: Perform = async (ctx, { reference = 0 }, { locale }) => {
  const { data } = await call(ctx, "tickets.list", { q: `T-${reference}`, limit: 1 });
  const [ticket] = Array.isArray(data) ? data : [];
  if (ticket?.number !== reference) {
    const reason = "no_such_ticket";
    throw new AppError("not_found", `There is no ticket T-${reference} in this workspace`, {
      extra: { reason },
    });
  }
  const state = sayChoice(STATES, ticket.state, locale);
  return {
    result: ticket,
    reply: locale === "es"
      ? `El ticket ${ticket.reference} (${ticket.subject}) está ${state}.`
      : `Ticket ${ticket.reference} (${ticket.subject}) is ${state}.`,
  };
};

const PERFORM: Readonly<Record<Action, Perform>> = {
  create_ticket: createTicket,
  schedule_visit: scheduleVisit,
  reschedule_visit: rescheduleVisit,
  cancel_visit: cancelVisit,
  send_notification: sendNotification,
  generate_report: generateReport,
  query_status: queryStatus,
};

/** Does an action by its tool, in the caller's transaction. Throws what the tool throws. */
export async function perform(
  ctx: Ctx,
  { action, slots, around }: { action: Action; slots: Slots; around: Surroundings },
): Promise<Done> {
  return await PERFORM[action](ctx, slots, around);
}

/** Sessions that fell silent so long ago are forgotten. */
export const KEEP_MS = 90 * DAY;
