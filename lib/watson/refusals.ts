import { type AppError, type ErrorCode, ERRORS } from "../kernel/errors.ts";
import type { Locale } from "../knowledge/mod.ts";
import type { ClashReason } from "../visits/mod.ts";
import type { Said } from "../words/mod.ts";
import { UNSENT } from "./unsent.ts";

/** What nobody repeats: whoever talks is told of it in their own language. The others are tried again unseen. */
type Final = { [C in ErrorCode]: (typeof ERRORS)[C]["retryable"] extends false ? C : never }[ErrorCode];

const ODD: Said = { es: "el servicio no lo permite ahora", en: "the service does not allow it now" };
const SIGNED_OUT: Said = { es: "hay que iniciar sesión de nuevo", en: "you have to sign in again" };

/** By the code, where nothing says more. */
export const BY_CODE = {
  bad_request: { es: "la petición no se entiende", en: "the request can't be read" },
  unauthorized: SIGNED_OUT,
  invalid_credentials: SIGNED_OUT,
  token_expired: SIGNED_OUT,
  token_reused: SIGNED_OUT,
  bad_signature: SIGNED_OUT,
  forbidden: { es: "no tiene permiso para hacerlo", en: "you may not do that" },
  account_disabled: { es: "la cuenta está desactivada", en: "the account is disabled" },
  not_found: { es: "no existe, o no es de este negocio", en: "there is no such thing here" },
  route_not_found: ODD,
  method_not_allowed: ODD,
  conflict: { es: "no es posible tal como está ahora", en: "it is not possible as things are" },
  idempotency_conflict: {
    es: "ya se pidió otra cosa con esa clave",
    en: "the key was used for something else",
  },
  gone: { es: "ya no está", en: "it is no longer there" },
  precondition_failed: { es: "cambió mientras tanto", en: "it has changed meanwhile" },
  payload_too_large: { es: "es demasiado grande", en: "it is too large" },
  unsupported_media_type: { es: "ese tipo de archivo no se acepta", en: "that kind of file is not taken" },
  validation_failed: { es: "alguno de los datos no es válido", en: "something in it is not valid" },
  not_repeatable: ODD,
  not_configured: {
    es: "ese servicio no está configurado en este negocio",
    en: "that service is not configured here",
  },
  not_at_the_edge: ODD,
  upstream_rejected: { es: "un servicio externo lo rechazó", en: "an outside service refused it" },
} as const satisfies Record<Final, Said>;

/** Why it can't be, where a tool says so by name: a visit at that time, a ticket of that number. */
export const BY_REASON = {
  overlap: { es: "ya hay otra visita a esa hora", en: "another visit stands at that time" },
  travel: {
    es: "no hay tiempo para llegar entre una visita y otra",
    en: "there is no time to get there between visits",
  },
  off_shift: { es: "nadie trabaja a esa hora", en: "nobody works at that time" },
  holiday: { es: "ese día es festivo y no se hacen visitas", en: "that day is a holiday without visits" },
  elsewhere: {
    es: "el operador tiene otro compromiso a esa hora",
    en: "the operator has something else then",
  },
  site_closed: { es: "el lugar no recibe visitas a esa hora", en: "the site can't be visited then" },
  no_such_visit: {
    es: "no encuentro esa visita entre las que vienen",
    en: "I can't find that visit among those to come",
  },
  several_visits: {
    es: "hay varias visitas por venir, diga de qué día es la suya",
    en: "there are several visits to come, tell me the day of yours",
  },
  no_such_ticket: { es: "no encuentro ese ticket", en: "I can't find that ticket" },
} as const satisfies Record<ClashReason | "no_such_ticket" | "no_such_visit" | "several_visits", Said>;

/** What of the input is wrong: each that an action may give to its tool. */
export const BY_PATH = {
  id: { es: "no encuentro esa visita", en: "I can't find that visit" },
  reason: { es: "el motivo no es válido", en: "the reason is not valid" },
  subject: { es: "el asunto no es válido", en: "the subject is not valid" },
  description: {
    es: "la descripción no es válida o es demasiado larga",
    en: "the description is not valid or too long",
  },
  priority: { es: "esa prioridad no existe", en: "there is no such priority" },
  source: { es: "el origen no es válido", en: "the source is not valid" },
  contact_id: { es: "no conozco a ese contacto", en: "I do not know that contact" },
  client_id: { es: "no conozco a ese cliente", en: "I do not know that client" },
  conversation_id: { es: "no encuentro esa conversación", en: "I can't find that conversation" },
  starts_at: { es: "esa fecha ya pasó o no es válida", en: "that time has passed or is not valid" },
  site_id: {
    es: "no conozco ese lugar, o es de otro cliente",
    en: "I do not know that site, or it is another client's",
  },
  operator_id: { es: "nadie puede hacer la visita", en: "there is nobody who can make the visit" },
  ticket_id: { es: "no encuentro ese ticket", en: "I can't find that ticket" },
  channel: { es: "no puedo avisar por ese medio", en: "I can't notify over that channel" },
  recipient: {
    es: "a ese destinatario no se le puede avisar por ese medio",
    en: "that recipient can't be reached over that channel",
  },
  message: { es: "el mensaje falta o es demasiado largo", en: "the message is missing or too long" },
  name: { es: "ese informe no existe", en: "there is no such report" },
  dataset: { es: "ese informe no existe", en: "there is no such report" },
  format: { es: "ese formato no existe", en: "there is no such format" },
  language: { es: "ese idioma no existe", en: "there is no such language" },
  from: { es: "el periodo no es válido", en: "the period is not valid" },
  to: { es: "el periodo no es válido", en: "the period is not valid" },
  q: { es: "no encuentro ese ticket", en: "I can't find that ticket" },
  limit: { es: "pide demasiado a la vez", en: "that asks for too much at once" },
  fields: {
    es: "el negocio pide más datos en cada ticket: ábralo en la mesa de ayuda",
    en: "the desk asks for more in each ticket: open it there",
  },
} as const satisfies Readonly<Record<string, Said>>;

/** A refusal for whoever talks; what is free instead follows it. */
export function refusalIn(
  locale: Locale,
  refused: AppError,
  spoken: (at: number) => string,
): string {
  const { reason, free_slots: slots } = refused.extra;
  const [path = ""] = (refused.errors[0]?.path ?? "").split(".");
  const named = String(reason ?? "");
  const words = of(BY_REASON, named) ?? of(UNSENT, named) ?? of(BY_PATH, path) ?? of(BY_CODE, refused.code) ??
    ODD;
  // Several operators may be free at one time.
  const starts = new Set(Array.isArray(slots) ? slots.flatMap(startOf) : []);
  const times = [...starts].slice(0, 3).map(spoken);
  const free = times.length === 0
    ? ""
    : `${{ es: " Hay lugar: ", en: " Free times: " }[locale]}${times.join("; ")}.`;
  return `${{ es: "No fue posible", en: "That was not possible" }[locale]}: ${words[locale]}.${free}`;
}

function of(table: Readonly<Record<string, Said>>, key: string): Said | null {
  return Object.hasOwn(table, key) ? table[key] ?? null : null;
}

function startOf(slot: unknown): number[] {
  const at = typeof slot === "object" && slot !== null && "starts_at" in slot
    ? Date.parse(String(slot.starts_at))
    : NaN;
  return Number.isNaN(at) ? [] : [at];
}
