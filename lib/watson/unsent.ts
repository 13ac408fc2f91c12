import type { Locale } from "../knowledge/mod.ts";
import type { Said } from "../words/mod.ts";

/** Why a notification is not sent, by the reason that its delivery has. */
export const UNSENT = {
  opted_out: {
    es: "esa persona pidió que no se le escriba",
    en: "that person asked not to be written to",
  },
  muted: {
    es: "quien lo recibiría no quiere avisos por ese medio",
    en: "whoever would get it does not want to be told over that channel",
  },
  throttled: {
    es: "ya se le envió todo lo que admite en este tiempo",
    en: "as much as may be sent in this time was sent already",
  },
  too_late: { es: "ya no llegaría a tiempo", en: "it would no longer come in time" },
  not_configured: {
    es: "ese medio no está configurado en este negocio",
    en: "that channel is not configured here",
  },
  no_address: {
    es: "esa persona no tiene dirección para ese medio",
    en: "that person has no address for that channel",
  },
  no_such_contact: {
    es: "ese contacto no existe o se borró",
    en: "that contact does not exist, or was erased",
  },
  not_a_member: {
    es: "esa persona no es de este negocio",
    en: "that person does not belong to this business",
  },
  no_subscription: {
    es: "esa persona no ha activado los avisos en ningún navegador",
    en: "that person has not switched on notifications in any browser",
  },
  no_such_endpoint: { es: "no conozco ese destino", en: "I do not know that endpoint" },
  endpoint_disabled: { es: "ese destino está desactivado", en: "that endpoint is disabled" },
} as const satisfies Readonly<Record<string, Said>>;

const ODD: Said = { es: "el servicio de avisos lo descartó", en: "the notification service dropped it" };

/** What is told of it to whoever wanted it sent. */
export function unsentIn(locale: Locale, reason: unknown): string {
  const name = String(reason ?? "");
  const known: Readonly<Record<string, Said>> = UNSENT;
  const words = Object.hasOwn(known, name) ? known[name] ?? ODD : ODD;
  return `${{ es: "No se envía", en: "It is not sent" }[locale]}: ${words[locale]}.`;
}
