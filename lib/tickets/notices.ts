import { z } from "zod";
import type { Locale } from "../knowledge/mod.ts";
import { defineTemplate, type Template } from "../notifications/mod.ts";

const about = z.object({
  reference: z.string(),
  subject: z.string(),
  /** What was written, where something was. */
  text: z.string(),
  state: z.string(),
  /** The same as people say it. */
  state_es: z.string(),
  state_en: z.string(),
  /** It has that state with what was written. */
  moved: z.boolean(),
  /** Which promise it is about, where it is about one. */
  promise_es: z.string(),
  promise_en: z.string(),
  due: z.string(),
  /** Written out, on the clock of the business. */
  due_es: z.string(),
  due_en: z.string(),
});
export type NewsData = z.output<typeof about>;

const example: NewsData = {
  reference: "T-1042",
  subject: "El aire no enfría",
  text: "Le llamo hoy por la tarde.",
  state: "open",
  state_es: "en atención",
  state_en: "open",
  moved: false,
  promise_es: "primera respuesta",
  promise_en: "first response",
  due: "2026-11-21T15:04:05.000Z",
  due_es: "sábado, 21 de noviembre de 2026, 09:04 CST",
  due_en: "Saturday 21 November 2026, 09:04 CST",
};

const news = (
  name: string,
  texts: Readonly<Record<Locale, { readonly subject: string; readonly text: string }>>,
  priority: "normal" | "high" | "critical" = "normal",
) => defineTemplate({ name, category: "tickets", schema: about, texts, priority, example });

/** What operators and watchers are told, by the news. */
export const NEWS_TEMPLATES = {
  assigned: news("ticket.assigned", {
    es: {
      subject: "{{reference}} es suyo: {{subject}}",
      text: "Se le asignó el caso {{reference}}.\n\n{{subject}}",
    },
    en: {
      subject: "{{reference}} is yours: {{subject}}",
      text: "The ticket {{reference}} was assigned to you.\n\n{{subject}}",
    },
  }, "high"),
  commented: news("ticket.commented", {
    es: {
      subject: "{{reference}}: comentario nuevo",
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nAhora: {{state_es}}{{/moved}}",
    },
    en: {
      subject: "{{reference}}: new comment",
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nNow: {{state_en}}{{/moved}}",
    },
  }),
  mentioned: news("ticket.mentioned", {
    es: {
      subject: "Le mencionaron en {{reference}}",
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nAhora: {{state_es}}{{/moved}}",
    },
    en: {
      subject: "You were mentioned in {{reference}}",
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nNow: {{state_en}}{{/moved}}",
    },
  }, "high"),
  state_changed: news("ticket.state_changed", {
    es: { subject: "{{reference}} cambió de estado", text: "{{subject}}\n\nAhora: {{state_es}}" },
    en: { subject: "{{reference}} has another state", text: "{{subject}}\n\nNow: {{state_en}}" },
  }),
  sla_warned: news("ticket.sla_warned", {
    es: { subject: "{{reference}} vence pronto", text: "{{subject}}\n\nVence ({{promise_es}}): {{due_es}}" },
    en: { subject: "{{reference}} is due soon", text: "{{subject}}\n\nDue ({{promise_en}}): {{due_en}}" },
  }, "high"),
  sla_breached: news("ticket.sla_breached", {
    es: { subject: "{{reference}} está vencido", text: "{{subject}}\n\nVenció ({{promise_es}}): {{due_es}}" },
    en: { subject: "{{reference}} is overdue", text: "{{subject}}\n\nWas due ({{promise_en}}): {{due_en}}" },
  }, "critical"),
} as const;

const replied = z.object({ reference: z.string(), subject: z.string(), text: z.string() });

/** A public comment that no conversation carries, by mail. The reference is one of the ways in which an answer finds the ticket. */
export const replyByMail = defineTemplate({
  name: "ticket.reply",
  category: "replies",
  schema: replied,
  texts: {
    es: { subject: "[{{reference}}] {{subject}}", text: "{{text}}" },
    en: { subject: "[{{reference}}] {{subject}}", text: "{{text}}" },
  },
  contactChannels: ["email"],
  priority: "high",
  example: { reference: "T-1042", subject: "El aire no enfría", text: "Vamos mañana a las diez." },
});

const asked = z.object({ reference: z.string(), subject: z.string(), link: z.string() });

const SURVEY: Readonly<Record<Locale, { readonly subject: string; readonly text: string }>> = {
  es: {
    subject: "¿Cómo le atendimos? {{reference}}",
    text: "Su caso {{reference}} quedó resuelto. ¿Cómo le atendimos? Díganos aquí: {{link}}",
  },
  en: {
    subject: "How did we do? {{reference}}",
    text: "Your case {{reference}} is resolved. How did we do? Tell us here: {{link}}",
  },
};

/** The question after a solution, by mail. */
export const surveyAsked = defineTemplate({
  name: "ticket.survey_asked",
  category: "surveys",
  schema: asked,
  texts: SURVEY,
  contactChannels: ["email"],
  example: {
    reference: "T-1042",
    subject: "El aire no enfría",
    link: "https://example.com/api/surveys/srv_1.x",
  },
});

/** The same, as a message of a conversation. */
export function surveyText(locale: Locale, data: z.output<typeof asked>): string {
  return SURVEY[locale].text.replaceAll("{{reference}}", () => data.reference).replaceAll(
    "{{link}}",
    () => data.link,
  );
}

/** Every template of tickets. */
export const ticketTemplates: readonly Template[] = [
  ...Object.values(NEWS_TEMPLATES),
  replyByMail,
  surveyAsked,
];
