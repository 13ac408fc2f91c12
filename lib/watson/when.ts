import { localDate, localTime, toInstant } from "../business-time/mod.ts";
import { fold } from "../knowledge/mod.ts";
import { MINUTE } from "../kernel/clock.ts";
import type { Locale } from "../knowledge/mod.ts";

/** What a text says about a time: a day without an hour is not enough to meet at. */
export interface When {
  /** `YYYY-MM-DD` in the business's zone. */
  readonly date: string;
  /** Minutes since midnight; null: no hour was said. */
  readonly minutes: number | null;
  /** No day was said: `date` is the next one on which the hour comes. */
  readonly anyDay?: boolean;
}

const SPANISH: readonly (readonly [RegExp, string])[] = [
  [/\bde la (manana|madrugada)\b/g, "am"],
  [/\b(de|por|en) la (tarde|noche)\b/g, "pm"],
  [/\bal? medio ?dia\b/g, "a las 12:00"],
  [/\b(\d{1,2}) y media\b/g, "$1:30"],
  [/\b(\d{1,2}) y cuarto\b/g, "$1:15"],
  [/\b(\d{1,2})(:\d\d)? ?(?:h|hrs?|horas)\b/g, "$1$2"],
  [/\bmanana\b/g, "mañana"],
  [/\bdia(s?)\b/g, "día$1"],
  [/\bmiercoles\b/g, "miércoles"],
  [/\bsabado\b/g, "sábado"],
  [/\bproxim([oa])\b/g, "próxim$1"],
];

/** The first time that a text names, read on the wall clock of a zone; the future is meant. null: it names none. */
export async function whenIn(
  text: string,
  { locale, zone, now }: { locale: Locale; zone: string; now: number },
): Promise<When | null> {
  const chrono = await (locale === "es" ? import("chrono-node/es") : import("chrono-node/en"));
  const here = localTime(zone, now);
  const reference = { instant: new Date(now), timezone: offsetMinutes(zone, now) };
  const said = locale === "es" ? inSpanish(text, here.date) : text;
  const [found] = chrono.parse(said.slice(0, 2000), reference, { forwardDate: true });
  if (found === undefined) return null;
  const { start } = found;
  const two = (value: number | null) => String(value ?? 1).padStart(2, "0");
  const date = `${start.get("year")}-${two(start.get("month"))}-${two(start.get("day"))}`;
  const minutes = start.isCertain("hour") ? (start.get("hour") ?? 0) * 60 + (start.get("minute") ?? 0) : null;
  const anyDay = !start.isCertain("day") && !start.isCertain("weekday");
  return { date, minutes, ...(anyDay ? { anyDay } : {}) };
}

function inSpanish(text: string, today: string): string {
  const plain = fold(text).replace(/\bpasado manana\b/g, localDate(today, 2));
  return SPANISH.reduce((said, [pattern, word]) => said.replace(pattern, word), plain);
}

function offsetMinutes(zone: string, at: number): number {
  const { date, minutes } = localTime(zone, at);
  const wall = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE;
  return Math.round((wall - at) / MINUTE);
}

/** The instant of a time on the wall. */
export function instantOfWhen({ date, minutes }: When, zone: string): number {
  return toInstant(zone, { date, minutes: minutes ?? 0 });
}
