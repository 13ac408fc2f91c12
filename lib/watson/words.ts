import type { Locale } from "../knowledge/mod.ts";
import { CHOICES, type Choices } from "../words/mod.ts";
import type { Action } from "./intents.ts";
import type { Slot } from "./slots.ts";

type Words = Readonly<Record<Locale, string>>;

/** What is asked for a value that is missing. */
export const QUESTIONS: Readonly<Partial<Record<Slot | "hour" | "day", Words>> & Record<"which", Words>> = {
  description: {
    es: "¿Qué ocurre? Descríbalo en una frase.",
    en: "What is the matter? Describe it in a sentence.",
  },
  when: {
    es: "¿Qué día y a qué hora? Por ejemplo: mañana a las 10.",
    en: "Which day and at what time? For example: tomorrow at 10.",
  },
  /** The day was said. */
  hour: { es: "¿A qué hora? Por ejemplo: a las 10.", en: "At what time? For example: at 10." },
  /** It may be one of several. */
  which: {
    es: "¿De qué día es la visita? Por ejemplo: la del viernes.",
    en: "Of which day is the visit? For example: the one on Friday.",
  },
  /** The hour was said. */
  day: { es: "¿Qué día? Por ejemplo: mañana o el lunes.", en: "Which day? For example: tomorrow or Monday." },
  recipient: {
    es: "¿A quién? Dígame un correo o un teléfono.",
    en: "To whom? Tell me an e-mail address or a phone number.",
  },
  message: { es: "¿Qué debe decir el mensaje?", en: "What should the message say?" },
  reference: { es: "¿Cuál es el número del ticket?", en: "What is the number of the ticket?" },
};

/** Asked before what was said with a condition or a doubt is done. */
export const CONFIRMATIONS: Readonly<Partial<Record<Action, (locale: Locale, about: string) => string>>> = {
  cancel_visit: (locale) => ({ es: "¿La cancelo ahora?", en: "Shall I cancel it now?" })[locale],
  reschedule_visit: (locale, time) =>
    ({ es: `¿La muevo ahora al ${time}?`, en: `Shall I move it to ${time} now?` })[locale],
  send_notification: (locale, message) =>
    ({
      es: `¿Envío ahora este aviso: «${message}»?`,
      en: `Shall I send this notification now: "${message}"?`,
    })[
      locale
    ],
};

export const SAID = {
  /** Why a visit is off, to both sides of it. */
  called_off: { es: "Así lo pidió el cliente por chat.", en: "The client asked for that in the chat." },
  greeting: {
    es: "Hola, ¿en qué puedo ayudarle?",
    en: "Hello, how can I help you?",
  },
  help: {
    es:
      "Puedo abrir un ticket, agendar, mover o cancelar una visita, enviar un aviso, generar un informe o decirle cómo va un ticket.",
    en:
      "I can open a ticket, schedule, move or cancel a visit, send a notification, generate a report or tell how a ticket is going.",
  },
  nothing_pending: {
    es:
      "No hay nada en curso que dejar. Puedo abrir un ticket, agendar, mover o cancelar una visita, enviar un aviso, generar un informe o decirle cómo va un ticket.",
    en:
      "There is nothing under way to drop. I can open a ticket, schedule, move or cancel a visit, send a notification, generate a report or tell how a ticket is going.",
  },
  no_report: {
    es: "En esta conversación no se ha pedido ningún informe.",
    en: "No report has been asked for in this conversation.",
  },
  cancelled: { es: "De acuerdo, lo dejamos.", en: "All right, never mind." },
  none: {
    es:
      "No le entendí. Puedo abrir un ticket, agendar, mover o cancelar una visita, enviar un aviso, generar un informe o decirle cómo va un ticket.",
    en:
      "I did not understand. I can open a ticket, schedule, move or cancel a visit, send a notification, generate a report or tell how a ticket is going.",
  },
} as const satisfies Record<string, Words>;

/** How the states of tickets are called to whoever asked for them. */
export const STATES: Choices = {
  ...CHOICES.ticket_state,
  open: { es: "en atención", en: "being worked on" },
  pending_customer: { es: "en espera de su respuesta", en: "waiting for your answer" },
};
