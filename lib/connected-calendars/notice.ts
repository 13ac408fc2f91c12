import { z } from "zod";
import { writtenTime } from "../business-time/mod.ts";
import type { Tx } from "../context.ts";
import { HOUR } from "../kernel/clock.ts";
import { defineTemplate, notify, type Template } from "../notifications/mod.ts";
import { findOperator } from "../operators/mod.ts";
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
    error: z.string(),
    since_es: z.string(),
    since_en: z.string(),
  }),
  texts: {
    es: {
      subject: "No podemos leer el calendario «{{calendar}}»",
      text:
        "El calendario «{{calendar}}» de {{operator}} ({{host}}) no se puede leer: {{error}}.{{#since_es}}\n\nSus horas ocupadas son las de {{since_es}}.{{/since_es}}\n\nSi su dirección secreta cambió, conéctelo de nuevo. Seguimos intentándolo y no volveremos a avisar hasta que haya funcionado.",
    },
    en: {
      subject: 'We can\'t read the calendar "{{calendar}}"',
      text:
        'The calendar "{{calendar}}" of {{operator}} ({{host}}) can\'t be read: {{error}}.{{#since_en}}\n\nIts busy times are those of {{since_en}}.{{/since_en}}\n\nIf its secret address has changed, connect it anew. We go on trying, and say no more until it has worked again.',
    },
  },
  priority: "high",
  example: {
    calendar: "Calendario personal",
    host: "calendar.example.com",
    operator: "Ana Ruiz",
    error: "The address answered 404",
    since_es: "martes, 1 de diciembre de 2026, 09:00",
    since_en: "Tuesday 1 December 2026, 09:00",
  },
});

/** The templates of connected calendars. */
export const connectedCalendarTemplates: readonly Template[] = [calendarUnreadable];

/** Says once that a calendar can't be read, to who connected it, else to its operator. Resolves to when it was said. */
export async function tellOwner(tx: Tx, row: ConnectionRow): Promise<number | null> {
  const { id, name, host, readAt, createdAt, failures, error } = row;
  if (failures < ENOUGH.failures && tx.now() - (readAt ?? createdAt) < ENOUGH.forMs) return null;
  const operator = await findOperator(tx, row.operatorId);
  if (operator === null) return null;
  const userId = row.connectedBy ?? operator.userId;
  const to = userId === null ? operator.email === null ? [] : [{ email: operator.email }] : [{ userId }];
  const since = (language: string) =>
    readAt === null ? "" : writtenTime(readAt, { zone: operator.timezone, language });
  const data = { since_es: since("es"), since_en: since("en-GB") };
  await notify(tx, {
    to,
    template: calendarUnreadable,
    data: { ...data, calendar: name, host, operator: operator.name, error: error ?? "" },
    key: `calendar.unreadable:${id}:${readAt ?? createdAt}`,
    subjectId: row.operatorId,
  });
  return tx.now();
}
