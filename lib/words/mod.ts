import type { CallDirection, CallState } from "../../db/schema/calls.ts";
import type { Channel, ConversationState } from "../../db/schema/conversations.ts";
import type { ClockKind, ClockState } from "../../db/schema/sla.ts";
import type {
  CommentAuthor,
  CommentVisibility,
  TicketPriority,
  TicketSource,
  TicketState,
} from "../../db/schema/tickets.ts";
import type { VisitState } from "../../db/schema/visits.ts";
import type { Weekday } from "../business-time/mod.ts";
import type { Mood } from "../sentiment/mod.ts";

export type Said = Readonly<Record<"es" | "en", string>>;
export type Choices<T extends string = string> = Readonly<Record<T, Said>>;

/**
 * How people say what the desk calls by a name of its own: for notices, sheets and replies. JSON, CSV and events keep
 * the names.
 */
export const CHOICES = {
  ticket_state: {
    new: { es: "nuevo", en: "new" },
    open: { es: "en atención", en: "open" },
    pending_customer: { es: "en espera del cliente", en: "waiting for the customer" },
    pending_internal: { es: "en espera interna", en: "waiting internally" },
    scheduled: { es: "programado", en: "scheduled" },
    resolved: { es: "resuelto", en: "resolved" },
    closed: { es: "cerrado", en: "closed" },
  } satisfies Choices<TicketState>,
  ticket_priority: {
    low: { es: "baja", en: "low" },
    normal: { es: "normal", en: "normal" },
    high: { es: "alta", en: "high" },
    urgent: { es: "urgente", en: "urgent" },
  } satisfies Choices<TicketPriority>,
  ticket_source: {
    api: { es: "API", en: "API" },
    operator: { es: "operador", en: "operator" },
    conversation: { es: "conversación", en: "conversation" },
    email: { es: "correo", en: "e-mail" },
    phone: { es: "teléfono", en: "phone" },
    visit: { es: "visita", en: "visit" },
    watson: { es: "Watson", en: "Watson" },
    rule: { es: "regla", en: "rule" },
  } satisfies Choices<TicketSource>,
  comment_author: {
    customer: { es: "cliente", en: "customer" },
    operator: { es: "operador", en: "operator" },
    system: { es: "sistema", en: "system" },
  } satisfies Choices<CommentAuthor>,
  comment_visibility: {
    public: { es: "pública", en: "public" },
    private: { es: "interna", en: "private" },
  } satisfies Choices<CommentVisibility>,
  mood: {
    negative: { es: "negativo", en: "negative" },
    neutral: { es: "neutro", en: "neutral" },
    positive: { es: "positivo", en: "positive" },
  } satisfies Choices<Mood>,
  conversation_state: {
    bot: { es: "con el asistente", en: "with the bot" },
    waiting: { es: "espera a una persona", en: "waiting for a person" },
    human: { es: "con una persona", en: "with a person" },
    closed: { es: "cerrada", en: "closed" },
  } satisfies Choices<ConversationState>,
  channel: {
    web: { es: "chat web", en: "web chat" },
    api: { es: "API", en: "API" },
    console: { es: "consola", en: "console" },
    whatsapp: { es: "WhatsApp", en: "WhatsApp" },
  } satisfies Choices<Channel>,
  call_direction: {
    in: { es: "entrante", en: "incoming" },
    out: { es: "saliente", en: "outgoing" },
  } satisfies Choices<CallDirection>,
  call_state: {
    ringing: { es: "sonando", en: "ringing" },
    in_progress: { es: "en curso", en: "in progress" },
    completed: { es: "atendida", en: "completed" },
    missed: { es: "perdida", en: "missed" },
    unanswered: { es: "sin respuesta", en: "unanswered" },
  } satisfies Choices<CallState>,
  promise: {
    first_response: { es: "primera respuesta", en: "first response" },
    next_response: { es: "respuesta siguiente", en: "next response" },
    resolution: { es: "solución", en: "resolution" },
  } satisfies Choices<ClockKind>,
  promise_state: {
    running: { es: "en curso", en: "running" },
    paused: { es: "en pausa", en: "paused" },
    met: { es: "cumplida", en: "met" },
    breached: { es: "incumplida", en: "breached" },
    stopped: { es: "detenida", en: "stopped" },
  } satisfies Choices<ClockState>,
  weekday: {
    monday: { es: "lunes", en: "Monday" },
    tuesday: { es: "martes", en: "Tuesday" },
    wednesday: { es: "miércoles", en: "Wednesday" },
    thursday: { es: "jueves", en: "Thursday" },
    friday: { es: "viernes", en: "Friday" },
    saturday: { es: "sábado", en: "Saturday" },
    sunday: { es: "domingo", en: "Sunday" },
  } satisfies Choices<Weekday>,
  visit_state: {
    requested: { es: "solicitada", en: "requested" },
    scheduled: { es: "agendada", en: "scheduled" },
    confirmed: { es: "confirmada", en: "confirmed" },
    on_the_way: { es: "en camino", en: "on the way" },
    checked_in: { es: "en sitio", en: "on site" },
    completed: { es: "realizada", en: "completed" },
    cancelled: { es: "cancelada", en: "cancelled" },
    no_show: { es: "nadie atendió", en: "nobody was there" },
  } satisfies Choices<VisitState>,
} as const satisfies Readonly<Record<string, Choices>>;

/** A choice as people say it; what is none is said as it stands. */
export function sayChoice(choices: Choices, value: string, language: "es" | "en"): string {
  return Object.hasOwn(choices, value) ? choices[value]?.[language] ?? value : value;
}
