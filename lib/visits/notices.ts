import { z } from "zod";
import { defineTemplate } from "../notifications/mod.ts";

/** What is said of a visit. Times are written out in each language, because the words around them are. */
export const visitNews = z.object({
  subject: z.string(),
  when_es: z.string(),
  when_en: z.string(),
  where: z.string(),
  operator: z.string(),
  business: z.string(),
  /** How the client confirms; empty for the operator. */
  link: z.string(),
  reason: z.string(),
  /** The client called it off. */
  by_client: z.boolean().default(false),
});
export type VisitNews = z.output<typeof visitNews>;

const example: VisitNews = {
  subject: "Mantenimiento del horno",
  when_es: "martes, 1 de diciembre de 2026, 09:00",
  when_en: "Tuesday 1 December 2026, 09:00",
  where: "Av. Juárez 101, Centro",
  operator: "Ana Ruiz",
  business: "Café Aurora",
  link: "https://example.com/api/visit-links/vis_1.x",
  reason: "",
  by_client: false,
};

type Words = { readonly subject: string; readonly text: string };

const PLACE = {
  es: "{{#where}}\n\nLugar: {{where}}{{/where}}",
  en: "{{#where}}\n\nWhere: {{where}}{{/where}}",
};
/** A visit may wait for somebody to make it. */
const WITH = {
  es: "{{#operator}}, con {{operator}}{{/operator}}",
  en: "{{#operator}}, with {{operator}}{{/operator}}",
};
const CONFIRM = {
  es: "{{#link}}\n\nConfirme aquí: {{link}}{{/link}}",
  en: "{{#link}}\n\nConfirm here: {{link}}{{/link}}",
};
const OPEN = {
  es: "{{#link}}\n\nSu cita: {{link}}{{/link}}",
  en: "{{#link}}\n\nYour visit: {{link}}{{/link}}",
};

const news = (name: string, texts: { es: Words; en: Words }, priority: "normal" | "high" = "normal") =>
  defineTemplate({
    name: `visit.${name}`,
    category: "visits",
    schema: visitNews,
    texts,
    priority,
    contactChannels: ["email", "whatsapp", "sms"],
    example,
  });

export const VISIT_TEMPLATES = {
  scheduled: news("scheduled", {
    es: {
      subject: "Visita: {{subject}}, {{when_es}}",
      text: `{{business}}: la visita «{{subject}}» es el {{when_es}}${WITH.es}.${PLACE.es}${CONFIRM.es}`,
    },
    en: {
      subject: "Visit: {{subject}}, {{when_en}}",
      text: `{{business}}: the visit "{{subject}}" is on {{when_en}}${WITH.en}.${PLACE.en}${CONFIRM.en}`,
    },
  }),
  changed: news("changed", {
    es: {
      subject: "La visita cambió: {{subject}}, {{when_es}}",
      text:
        `{{business}}: la visita «{{subject}}» cambió; ahora es el {{when_es}}${WITH.es}.${PLACE.es}${CONFIRM.es}`,
    },
    en: {
      subject: "The visit changed: {{subject}}, {{when_en}}",
      text:
        `{{business}}: the visit "{{subject}}" changed; it is now on {{when_en}}${WITH.en}.${PLACE.en}${CONFIRM.en}`,
    },
  }, "high"),
  cancelled: news("cancelled", {
    es: {
      subject: "Visita cancelada: {{subject}}",
      text:
        "{{business}}: la visita «{{subject}}» del {{when_es}} quedó cancelada{{#by_client}} por el cliente{{/by_client}}.{{#reason}}\n\n{{reason}}{{/reason}}",
    },
    en: {
      subject: "Visit cancelled: {{subject}}",
      text:
        '{{business}}: the visit "{{subject}}" of {{when_en}} is cancelled{{#by_client}} by the client{{/by_client}}.{{#reason}}\n\n{{reason}}{{/reason}}',
    },
  }, "high"),
  reminder: news("reminder", {
    es: {
      subject: "Recordatorio: {{subject}}, {{when_es}}",
      text:
        `{{business}}: le recordamos la visita «{{subject}}» del {{when_es}}${WITH.es}.${PLACE.es}${OPEN.es}`,
    },
    en: {
      subject: "Reminder: {{subject}}, {{when_en}}",
      text:
        `{{business}}: a reminder of the visit "{{subject}}" on {{when_en}}${WITH.en}.${PLACE.en}${OPEN.en}`,
    },
  }),
} as const;
