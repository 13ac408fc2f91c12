import { type Locale, words } from "../knowledge/mod.ts";
import { isChat } from "../notifications/schemas.ts";
import type { Range } from "../business-time/mod.ts";
import type { Action } from "./intents.ts";
import { spell } from "./spelling.ts";
import { TIME_WORDS } from "./time-words.ts";
import { type When, whenIn } from "./when.ts";

/** What an action needs to know, as far as it was said. */
export interface Slots {
  readonly description?: string | undefined;
  readonly priority?: "low" | "normal" | "high" | "urgent" | undefined;
  readonly when?: When | undefined;
  /** The time that a visit has which is to be moved or called off. */
  readonly which?: When | undefined;
  readonly channel?: "email" | "sms" | "whatsapp" | "slack" | "teams" | "discord" | undefined;
  readonly recipient?: string | undefined;
  readonly message?: string | undefined;
  readonly dataset?: string | undefined;
  readonly range?: Range | undefined;
  readonly format?: "xlsx" | "csv" | "pdf" | "json" | undefined;
  readonly reference?: number | undefined;
  /** It is asked how a report goes, and no ticket. */
  readonly report?: true | undefined;
  /** false: it was said with a condition or a doubt, and is done after a yes only. */
  readonly confirmed?: boolean | undefined;
}
export type Slot = keyof Slots;

/** Asked for, in this order, while they are missing. */
export const REQUIRED = {
  create_ticket: ["description"],
  schedule_visit: ["when"],
  reschedule_visit: ["when"],
  cancel_visit: [],
  send_notification: ["recipient", "message"],
  generate_report: [],
  query_status: ["reference"],
} as const satisfies Record<Action, readonly Slot[]>;

export interface Speech {
  readonly text: string;
  readonly locale: Locale;
  readonly zone: string;
  /** UTC milliseconds. */
  readonly now: number;
  /** Who speaks, or is spoken of, where the caller knows. */
  readonly contactId?: string | undefined;
}

/** Words that only say what is to be done, not about what. */
const COMMAND =
  /^(abr\w*|cre[aoe]\w*|gener\w*|levant\w*|registr\w*|report\w*|quier\w*|quisier\w*|necesit\w*|nuev\w*|pon\w*|favor|puede\w*|podri\w*|ticket\w*|caso|casos|incidenci\w*|falla\b|queja\w*|soporte|open|create|raise|log|file|new|please|need|want|would|like|case|issue|ticket|report)$/;

/** The same of a visit. */
const APPOINTMENT =
  /^(\w*agend\w*|\w*program\w*|reserv\w*|mued?v\w*|cambi\w*|visit\w*|citas?|tecnic\w*|ingenier\w*|alguien|ven(ir|gan?)|mand\w*|proxim\w*|alas|las|como|\w*schedul\w*|book|move|change|appointments?|technician|engineer|some(one|body)|come|send|arrange|set|plan|\d+.*)$/;

/** What a text says beyond the wish itself. */
function tellingWords(text: string): string[] {
  return words(spell(text)).filter((word) => word.length > 2 && !COMMAND.test(word) && !FILLERS.has(word));
}

function descriptionOf(text: string): string | undefined {
  return tellingWords(text).length >= 2 ? text.trim() : undefined;
}

/** What a visit is for: one word is enough, beside those that ask for it and say when. */
function reasonOf(text: string): string | undefined {
  const telling = tellingWords(text).some((word) => !APPOINTMENT.test(word) && !TIME_WORDS.has(word));
  return telling ? text.trim() : undefined;
}

const FILLERS: ReadonlySet<string> = new Set(
  ("una uno unos por para con que del los las the for and you can could hola buenas gracias hello thanks porque mejor entonces digamos perdon " +
    "bueno better then maybe sorry")
    .split(" "),
);

const PRIORITIES: readonly (readonly [NonNullable<Slots["priority"]>, RegExp])[] = [
  ["urgent", /\b(urgent\w*|critic\w*|emergenc\w*|inmediat\w*|cuanto antes|asap|right away)\b/],
  ["high", /\b(prioridad alta|alta prioridad|high priority|important\w*)\b/],
  ["low", /\b(prioridad baja|baja prioridad|low priority|sin prisa|no rush)\b/],
];

const CHANNELS: readonly (readonly [NonNullable<Slots["channel"]>, RegExp])[] = [
  ["whatsapp", /\bwhats ?app\b/],
  ["sms", /\b(sms|mensaje de texto|text message|text)\b/],
  ["slack", /\bslack\b/],
  ["teams", /\bteams\b/],
  ["discord", /\bdiscord\b/],
  ["email", /\b(correo|e ?mail|mail)\b/],
];

const DATASETS: readonly (readonly [string, RegExp])[] = [
  ["calls", /\b(llamad\w*|calls?)\b/],
  ["operators", /\b(operador\w*|agentes?|operators?|agents?)\b/],
  ["sla", /\b(sla|promesas?|promises)\b/],
  ["visits", /\b(visit\w*)\b/],
  ["conversations", /\b(conversaci\w*|chats?|conversations?|mensajes|messages)\b/],
  ["tickets", /\b(tickets?|casos?|incidenci\w*|cases?|issues?)\b/],
];

const RANGES: readonly (readonly [Range, RegExp])[] = [
  ["yesterday", /\b(ayer|yesterday)\b/],
  ["today", /\b(hoy|today)\b/],
  ["last_week", /\b(semana pasada|ultima semana|last week)\b/],
  ["last_month", /\b(mes pasado|ultimo mes|last month)\b/],
  ["month", /\b(mes|mensual|month|monthly)\b/],
  ["week", /\b(semana|semanal|week|weekly)\b/],
];

const FORMATS: readonly (readonly [NonNullable<Slots["format"]>, RegExp])[] = [
  ["pdf", /\bpdf\b/],
  ["csv", /\bcsv\b/],
  ["xlsx", /\b(excel|xlsx?|hoja de calculo|spreadsheet)\b/],
];

function firstOf<T>(rules: readonly (readonly [T, RegExp])[], text: string): T | undefined {
  return rules.find(([, pattern]) => pattern.test(text))?.[0];
}

const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;
const PHONE = /\+?\d[\d\s().-]{8,17}\d/;
const SAYING =
  /(?:\b(?:diciendo(?:le)?|avisando(?:le)?|que diga|saying|that says|telling (?:him|her|them))\b(?:\s+(?:que|that))?|\b(?:que|that)\b|:)\s*(.+)$/is;

function recipientOf(text: string): string | undefined {
  return MAIL.exec(text)?.[0] ?? PHONE.exec(text)?.[0].replace(/[\s().-]/g, "");
}

/** Of a chat: the name of one of the workspace's addresses, after a `#`. */
function chatRecipientOf(channel: Slots["channel"], text: string): string | undefined {
  if (channel === undefined || !isChat(channel)) return undefined;
  return /(?:^|\s)#([\p{L}\p{N}][\p{L}\p{N}._-]*)/u.exec(text)?.[1] ?? "default";
}

/** What somebody is to be told. */
export function messageOf(text: string): string | undefined {
  const after = recipientOf(text) === undefined ? text : text.slice(afterRecipient(text));
  const said = SAYING.exec(after)?.[1]?.trim();
  return said === "" ? undefined : said;
}

function afterRecipient(text: string): number {
  const found = MAIL.exec(text) ?? PHONE.exec(text);
  return found === null ? 0 : found.index + found[0].length;
}

function referenceOf(text: string): number | undefined {
  const found = /\bT-?\s?(\d{1,9})\b/i.exec(text)?.[1] ?? /#?\b(\d{1,9})\b/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

const REPORT = /\b(informes?|reportes?|reports?)\b/;

/** Whoever the caller knows by id is told without an address. */
const CUSTOMER = /\b(clientes?|clients?|customers?|contactos?|contacts?)\b/;

/** Before the time that a visit is to have. */
const TO = /\b(?:al?|para|hasta|to|until)\b/g;

/** Reading a time takes a millisecond, and a long text is full of such words. */
const MOST_TRIED = 12;

/** Of two days the first is the one that it has: "not on Friday, move it to Monday". */
const isOfDay = (when: When | null): when is When => when !== null && when.anyDay !== true;

/** "From 10 to 12": the hour that it has. */
const HAD = /\b(?:de|from) ((?:las? )?[a-z0-9:]+)(?= .*\b(?:al?|para|to) )/;

const READERS = {
  create_ticket: ({ text, plain }) => ({
    description: descriptionOf(text),
    priority: firstOf(PRIORITIES, plain),
  }),
  schedule_visit: async ({ text, ...speech }) => ({
    when: await whenIn(text, speech) ?? undefined,
    description: reasonOf(text),
  }),
  reschedule_visit: async ({ plain, ...speech }) => {
    for (const { index } of [...plain.matchAll(TO)].slice(0, MOST_TRIED)) {
      const which = await whenIn(plain.slice(0, index), speech);
      const when = which === null ? null : await whenIn(plain.slice(index), speech);
      if (isOfDay(which) && isOfDay(when)) return { which, when };
    }
    const [, had] = HAD.exec(plain) ?? [];
    const hour = had === undefined ? null : await whenIn(`a ${had}`, speech);
    const which = hour?.anyDay === true ? hour : undefined;
    const rest = which === undefined ? plain : plain.replace(HAD, " ");
    return { when: await whenIn(rest, speech) ?? undefined, which };
  },
  cancel_visit: async ({ text, ...speech }) => ({ which: await whenIn(text, speech) ?? undefined }),
  send_notification: ({ text, plain, contactId }) => {
    const address = recipientOf(text);
    const said = firstOf(CHANNELS, plain);
    // "Avisa a ana@x que Slack no funciona": who is named by an address is not told in a chat.
    const channel = address !== undefined && said !== undefined && isChat(said) ? channelOf(address) : said;
    return {
      recipient: address ?? chatRecipientOf(channel, text) ?? (CUSTOMER.test(plain) ? contactId : undefined),
      channel: channel ?? channelOf(address),
      message: messageOf(text),
    };
  },
  generate_report: ({ plain }) => ({
    dataset: firstOf(DATASETS, plain),
    range: firstOf(RANGES, plain),
    format: firstOf(FORMATS, plain),
  }),
  query_status: ({ text, plain }) => {
    const reference = referenceOf(text);
    return reference === undefined && REPORT.test(plain) ? { report: true } : { reference };
  },
} as const satisfies Record<Action, (speech: Speech & { plain: string }) => Slots | Promise<Slots>>;

function channelOf(recipient: string | undefined): Slots["channel"] {
  return recipient === undefined ? undefined : recipient.includes("@") ? "email" : "sms";
}

/** What a text says for an action. */
export async function slotsIn(action: Action, speech: Speech): Promise<Slots> {
  return given(await READERS[action]({ ...speech, plain: spell(speech.text) }));
}

/** A whole text as the answer to a question for one slot. */
export async function answerTo(slot: Slot, speech: Speech): Promise<Slots> {
  const text = speech.text.trim();
  if (slot === "confirmed") return {};
  if (slot === "when" || slot === "which") return given({ [slot]: await whenIn(text, speech) ?? undefined });
  if (slot === "reference") return given({ reference: referenceOf(text) });
  if (slot === "recipient") {
    const address = recipientOf(text);
    const known = CUSTOMER.test(spell(text)) ? speech.contactId : undefined;
    return given({ recipient: address ?? known, channel: channelOf(address) });
  }
  const said = slot === "message" ? text.replace(/^(?:(?:diga|dile|dígale|say) )?(?:que|that) /i, "") : text;
  return said === "" ? {} : { [slot]: said };
}

/** The slots that were said, without those that were not. */
function given(slots: Slots): Slots {
  return Object.fromEntries(Object.entries(slots).filter(([, value]) => value !== undefined));
}

/** The first of an action's needs that is not known; a day needs its hour, and what was said in doubt at last a yes. */
export function missing(action: Action, slots: Slots): Slot | null {
  for (const slot of REQUIRED[action]) {
    if (slot === "reference" && slots.report) continue;
    if (slots[slot] === undefined) return slot;
    if (slot === "when" && questionFor(slot, slots) !== slot) return slot;
  }
  return slots.confirmed === false ? "confirmed" : null;
}

/** What is asked for: of a time that was said in part, the other part. An hour alone is of no day in particular. */
export function questionFor(slot: Slot, { when }: Slots): Slot | "hour" | "day" {
  if (slot !== "when" || when === undefined) return slot;
  return when.minutes === null ? "hour" : when.anyDay === true ? "day" : slot;
}

/**
 * Later words win, but what it is about was said first. An hour said later completes a day said before, and a day an
 * hour.
 */
export function merged(before: Slots, later: Slots): Slots {
  const description = before.description ?? later.description;
  const both = { ...before, ...later, ...(description === undefined ? {} : { description }) };
  const [one, other] = [before.when, later.when];
  if (one === undefined || other === undefined) return both;
  if (one.minutes === null && other.anyDay === true) {
    return { ...both, when: { date: one.date, minutes: other.minutes } };
  }
  const completed = one.anyDay === true && other.minutes === null;
  return completed ? { ...both, when: { date: other.date, minutes: one.minutes } } : both;
}
