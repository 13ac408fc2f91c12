import type { Locale } from "../knowledge/mod.ts";

const list = (text: string) => text.split(" ");

/** Hours in words, from one to twelve. */
export const HOURS = {
  es: list("una dos tres cuatro cinco seis siete ocho nueve diez once doce"),
  en: list("one two three four five six seven eight nine ten eleven twelve"),
} as const satisfies Record<Locale, readonly string[]>;

/** What times are told in, folded. */
export const TIME_WORDS: ReadonlySet<string> = new Set([
  ...HOURS.es,
  ...HOURS.en,
  ...list(
    "lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto",
  ),
  ...list(
    "septiembre octubre noviembre diciembre hoy ayer manana pasado proximo proxima semana mes dia dias hora",
  ),
  ...list(
    "horas hrs tarde noche mediodia medio media cuarto monday tuesday wednesday thursday friday saturday",
  ),
  ...list(
    "sunday january february march april may june july august september october november december today",
  ),
  ...list("yesterday tomorrow next week month noon morning afternoon evening half past"),
]);
