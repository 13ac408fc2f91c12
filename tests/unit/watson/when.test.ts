import assert from "node:assert/strict";
import { instantOfWhen, whenIn } from "../../../lib/watson/when.ts";

const zone = "America/Monterrey";
/** Wednesday, 14:30 there. */
const now = Date.parse("2026-11-25T20:30:00Z");

const SAID = {
  es: {
    "mañana a las 10": ["2026-11-26", 600],
    "agenda una visita manana a las 9 de la mañana": ["2026-11-26", 540],
    "pasado mañana a las 9:15": ["2026-11-27", 555],
    "el viernes a las 4 y media de la tarde": ["2026-11-27", 990],
    "el lunes a las 15:30": ["2026-11-30", 930],
    "el miercoles a las 17h": ["2026-11-25", 1020],
    "el 1 de diciembre a las 4 pm": ["2026-12-01", 960],
    "en 3 dias a las 11": ["2026-11-28", 660],
    "2026-12-01 10:00": ["2026-12-01", 600],
    "el lunes al mediodía": ["2026-11-30", 720],
    "el próximo lunes": ["2026-11-30", null],
    "mañana": ["2026-11-26", null],
    "el 15 a las 10": ["2026-12-15", 600],
    "la visita del 15": ["2026-12-15", null],
    "el día 25 a las 10": ["2026-11-25", 600],
    "el 31 a las 10": ["2026-12-31", 600],
    "el 50 a las 10 el lunes": ["2026-11-30", 600],
    "a las 10 el lunes": ["2026-11-30", 600],
    "el lunes, digamos que a las 10": ["2026-11-30", 600],
    "la próxima semana a las 10": ["2026-12-02", 600],
    "en 2 horas": ["2026-11-25", 990],
    "dentro de 2 horas": ["2026-11-25", 990],
    "esta tarde a las 5": ["2026-11-25", 1020],
    "en diciembre": ["2026-12-01", null],
    "el 31 de febrero a las 10": null,
    "el biernes a las 4 de la tarde": ["2026-11-27", 960],
    "manana alas 10": ["2026-11-26", 600],
    "el lunes como a las diez y media": ["2026-11-30", 630],
    "el savado a la una de la tarde": ["2026-11-28", 780],
    "mañana a las 4": ["2026-11-26", 960],
    "mañana a las 4 de la madrugada": ["2026-11-26", 240],
    "mañana a las 04:00": ["2026-11-26", 240],
    "en 12 horas": ["2026-11-26", 150],
    "cuando puedan": null,
  },
  en: {
    "tomorrow at 10": ["2026-11-26", 600],
    "next monday at 3:30pm": ["2026-11-30", 930],
    "Dec 1 at 4 pm": ["2026-12-01", 960],
    "in 3 days": ["2026-11-28", null],
    "on the 15th at 10": ["2026-12-15", 600],
    "this afternoon at 5": ["2026-11-25", 1020],
    "tomorow at ten": ["2026-11-26", 600],
    "on teusday at half past two": ["2026-12-01", 870],
    "tomorrow at 5 am": ["2026-11-26", 300],
    "on wensday at 3pm": ["2026-11-25", 900],
    "whenever you like": null,
  },
} as const;

for (const locale of ["es", "en"] as const) {
  Deno.test(`times said in ${locale} are read on the business's wall clock`, async () => {
    for (const [text, wanted] of Object.entries(SAID[locale])) {
      const found = await whenIn(text, { locale, zone, now });
      assert.deepEqual(found, wanted === null ? null : { date: wanted[0], minutes: wanted[1] }, text);
    }
  });
}

Deno.test("a time on the wall is an instant", () => {
  assert.equal(instantOfWhen({ date: "2026-12-01", minutes: 600 }, zone), Date.parse("2026-12-01T16:00:00Z"));
});
