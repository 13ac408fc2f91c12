import { z } from "zod";
import type { Locale } from "../knowledge/mod.ts";
import { defineTemplate, type Template } from "../notifications/mod.ts";

const about = z.object({
  reference: z.string(),
  subject: z.string(),
  /** What was written, where something was. */
  text: z.string(),
  state: z.string(),
  /** It has that state with what was written. */
  moved: z.boolean(),
  due: z.string(),
});
export type NewsData = z.output<typeof about>;

const example: NewsData = {
  reference: "T-1042",
  subject: "El aire no enfría",
  text: "Le llamo hoy por la tarde.",
  state: "open",
  moved: false,
  due: "2026-11-21T15:04:05.000Z",
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
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nAhora: {{state}}{{/moved}}",
    },
    en: {
      subject: "{{reference}}: new comment",
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nNow: {{state}}{{/moved}}",
    },
  }),
  mentioned: news("ticket.mentioned", {
    es: {
      subject: "Le mencionaron en {{reference}}",
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nAhora: {{state}}{{/moved}}",
    },
    en: {
      subject: "You were mentioned in {{reference}}",
      text: "{{subject}}\n\n{{text}}{{#moved}}\n\nNow: {{state}}{{/moved}}",
    },
  }, "high"),
  state_changed: news("ticket.state_changed", {
    es: { subject: "{{reference}} cambió de estado", text: "{{subject}}\n\nAhora: {{state}}" },
    en: { subject: "{{reference}} has another state", text: "{{subject}}\n\nNow: {{state}}" },
  }),
  sla_warned: news("ticket.sla_warned", {
    es: { subject: "{{reference}} vence pronto", text: "{{subject}}\n\nVence: {{due}}" },
    en: { subject: "{{reference}} is due soon", text: "{{subject}}\n\nDue: {{due}}" },
  }, "high"),
  sla_breached: news("ticket.sla_breached", {
    es: { subject: "{{reference}} está vencido", text: "{{subject}}\n\nVenció: {{due}}" },
    en: { subject: "{{reference}} is overdue", text: "{{subject}}\n\nWas due: {{due}}" },
  }, "critical"),
} as const;

const replied = z.object({ reference: z.string(), subject: z.string(), text: z.string() });

/** A public comment on a ticket that has no conversation, by mail. The reference is how an answer finds the ticket. */
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
