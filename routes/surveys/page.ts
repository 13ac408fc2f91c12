import type { SurveyView } from "../../lib/tickets/mod.ts";
import { escapeHtml } from "../../lib/kernel/text.ts";
import { plainPage } from "../html.ts";

const WORDS = {
  es: {
    title: "¿Cómo le atendimos?",
    scores: ["Muy mal", "Mal", "Regular", "Bien", "Muy bien"],
    comment: "¿Algo que quiera contarnos?",
    send: "Enviar",
    thanks: "Gracias por su respuesta.",
  },
  en: {
    title: "How did we do?",
    scores: ["Very bad", "Bad", "So so", "Good", "Very good"],
    comment: "Anything you want to tell us?",
    send: "Send",
    thanks: "Thank you for your answer.",
  },
} as const;

/** The question for a browser. */
export function surveyPage({ locale, reference, subject, answered }: SurveyView): string {
  const words = WORDS[locale];
  const choices = words.scores.map((label, at) =>
    `<p><label><input type="radio" name="score" value="${at + 1}" required> ${label}</label></p>`
  ).reverse().join("");
  const body = answered
    ? `<p>${words.thanks}</p>`
    : `<form method="post">${choices}<p><label>${words.comment}<br><textarea name="comment" rows="4" cols="40" maxlength="2000"></textarea></label></p><p><button>${words.send}</button></p></form>`;
  const about = `<p>${escapeHtml(reference)} · ${escapeHtml(subject)}</p>`;
  return plainPage({ lang: locale, title: words.title, body: about + body });
}
