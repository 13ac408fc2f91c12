import type { VisitLinkView } from "../../lib/visits/mod.ts";
import { escapeHtml } from "../../lib/kernel/text.ts";
import { plainPage } from "../html.ts";

const WORDS = {
  es: {
    title: "Su visita",
    confirm: "Confirmar",
    cancel: "No puedo ese día",
    with: "con",
    states: {
      requested: "Pendiente de fecha",
      scheduled: "Por confirmar",
      confirmed: "Confirmada. ¡Gracias!",
      on_the_way: "En camino",
      checked_in: "En curso",
      completed: "Terminada",
      cancelled: "Cancelada",
      no_show: "No hubo nadie",
    },
  },
  en: {
    title: "Your visit",
    confirm: "Confirm",
    cancel: "I can't that day",
    with: "with",
    states: {
      requested: "Waiting for a date",
      scheduled: "To be confirmed",
      confirmed: "Confirmed. Thank you!",
      on_the_way: "On the way",
      checked_in: "Under way",
      completed: "Done",
      cancelled: "Cancelled",
      no_show: "Nobody was there",
    },
  },
} as const;

/** The visit for a browser. Confirming takes a click: what looks at links by itself confirms nothing. */
export function visitPage(visit: VisitLinkView): string {
  const words = WORDS[visit.locale];
  const lines = [
    [visit.business, visit.subject].filter((one) => one !== "").join(" · "),
    ...visit.starts_at === null ? [] : [written(visit.starts_at, visit)],
    ...visit.where === null ? [] : [visit.where],
    ...visit.operator === null ? [] : [`${words.with} ${visit.operator}`],
    words.states[visit.state],
  ];
  const buttons: [string, string][] = [
    ...visit.state === "scheduled" ? [["confirm", words.confirm] satisfies [string, string]] : [],
    ...visit.state === "scheduled" || visit.state === "confirmed"
      ? [["cancel", words.cancel] satisfies [string, string]]
      : [],
  ];
  const form = buttons.map(([action, label]) => `<button name="action" value="${action}">${label}</button> `)
    .join("");
  const body = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join("") +
    (form === "" ? "" : `<form method="post"><p>${form}</p></form>`);
  return plainPage({ lang: visit.locale, title: words.title, body });
}

function written(time: string, { timezone, locale }: VisitLinkView): string {
  return new Intl.DateTimeFormat(locale, { timeZone: timezone, dateStyle: "full", timeStyle: "short" })
    .format(
      Date.parse(time),
    );
}
