import { z } from "zod";
import { writtenTime } from "../business-time/mod.ts";
import type { Tx } from "../context.ts";
import { findMember } from "../identity/mod.ts";
import { HOUR } from "../kernel/clock.ts";
import { defineTemplate, notify, operatorAudience, type Template } from "../notifications/mod.ts";
import { findOperator } from "../operators/mod.ts";
import type { Said } from "../words/mod.ts";
import type { ConnectionRow } from "./store.ts";

/** A calendar that failed so often in a row, or for so long, won't mend itself. */
const ENOUGH = { failures: 3, forMs: HOUR } as const;

const calendarUnreadable = defineTemplate({
  name: "calendar.unreadable",
  category: "visits",
  schema: z.object({
    calendar: z.string(),
    host: z.string(),
    operator: z.string(),
    error_es: z.string(),
    error_en: z.string(),
    since_es: z.string(),
    since_en: z.string(),
  }),
  texts: {
    es: {
      subject: "No podemos leer el calendario «{{calendar}}»",
      text:
        "El calendario «{{calendar}}» de {{operator}} ({{host}}) no se puede leer: {{error_es}}.{{#since_es}}\n\nSus horas ocupadas son las de {{since_es}}.{{/since_es}}\n\nSi su dirección secreta cambió, conéctelo de nuevo. Seguimos intentándolo y no volveremos a avisar hasta que haya funcionado.",
    },
    en: {
      subject: 'We can\'t read the calendar "{{calendar}}"',
      text:
        'The calendar "{{calendar}}" of {{operator}} ({{host}}) can\'t be read: {{error_en}}.{{#since_en}}\n\nIts busy times are those of {{since_en}}.{{/since_en}}\n\nIf its secret address has changed, connect it anew. We go on trying, and say no more until it has worked again.',
    },
  },
  priority: "high",
  example: {
    calendar: "Calendario personal",
    host: "calendar.example.com",
    operator: "Ana Ruiz",
    error_es: "la dirección respondió 404",
    error_en: "The address answered 404",
    since_es: "martes, 1 de diciembre de 2026, 09:00",
    since_en: "Tuesday 1 December 2026, 09:00",
  },
});

/** The templates of connected calendars. */
export const connectedCalendarTemplates: readonly Template[] = [calendarUnreadable];

/**
 * Says once that a calendar can't be read, to who connected it, else, also when they have left, to its operator.
 * Resolves to when it was said.
 */
export async function tellOwner(tx: Tx, row: ConnectionRow, error: Said): Promise<number | null> {
  const { id, name, host, readAt, createdAt, failures, connectedBy } = row;
  if (failures < ENOUGH.failures && tx.now() - (readAt ?? createdAt) < ENOUGH.forMs) return null;
  const operator = await findOperator(tx, row.operatorId);
  if (operator === null) return null;
  const connector = connectedBy === null ? null : await findMember(tx, connectedBy);
  const to = connector === null ? await operatorAudience(tx, operator) : { userId: connector.userId };
  const since = (language: string) =>
    readAt === null ? "" : writtenTime(readAt, { zone: operator.timezone, language });
  const data = { since_es: since("es"), since_en: since("en-GB") };
  await notify(tx, {
    to: to === null ? [] : [to],
    template: calendarUnreadable,
    data: { ...data, calendar: name, host, operator: operator.name, error_es: error.es, error_en: error.en },
    key: `calendar.unreadable:${id}:${readAt ?? createdAt}`,
    subjectId: row.operatorId,
  });
  return tx.now();
}
