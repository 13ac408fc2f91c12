import type { ParsedResult } from "chrono-node/es";
import { localDate, localTime, toInstant } from "../business-time/mod.ts";
import { MINUTE } from "../kernel/clock.ts";
import type { Locale } from "../knowledge/mod.ts";
import { spell } from "./spelling.ts";
import { HOURS } from "./time-words.ts";

/** What a text says about a time: a day without an hour is not enough to meet at. */
export interface When {
  /** `YYYY-MM-DD` in the business's zone. */
  readonly date: string;
  /** Minutes since midnight; null: no hour was said. */
  readonly minutes: number | null;
  /** No day was said: `date` is the next one on which the hour comes. */
  readonly anyDay?: boolean;
}

type Rule = readonly [RegExp, string | ((whole: string, ...held: string[]) => string)];

/** An hour in words, after what says that it is one. */
const hourInWords = (locale: Locale, before: string, after: string): Rule => [
  new RegExp(`${before}(${HOURS[locale].join("|")})\\b`, "g"),
  (_, hour = "") => after + (HOURS[locale].findIndex((word) => word === hour) + 1),
];

const ENGLISH: readonly Rule[] = [
  [/\bwen[de]*sday\b/g, "wednesday"],
  hourInWords("en", "\\bhalf past ", "half past "),
  hourInWords("en", "\\bat ", "at "),
  [/\b(?:at )?half past (\d{1,2})\b/g, "at $1:30"],
];

const SPANISH: readonly Rule[] = [
  [/\balas? (?=\d)/g, "a las "],
  hourInWords("es", "\\b(?:alas|a las|las|a la) ", "a las "),
  [/\bde la (manana|madrugada)\b/g, "am"],
  [/\b(de|por|en) la (tarde|noche)\b/g, "pm"],
  [/\bal? medio ?dia\b/g, "a las 12:00"],
  [/\b(\d{1,2}) y media\b/g, "$1:30"],
  [/\b(\d{1,2}) y cuarto\b/g, "$1:15"],
  [/(?<!\b(?:en|dentro de) )\b(\d{1,2})(:\d\d)? ?(?:h|hrs?|horas)\b/g, "$1$2"],
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
  const plain = spell(text);
  const said = RULES[locale].reduce(applied, dated(plain, here.date));
  const found = chrono.parse(said.slice(0, 2000), reference, { forwardDate: true });
  const [first] = found;
  if (first === undefined) return null;
  // "A las 10 el lunes" and "el lunes, digamos a las 10" are a day and an hour apart from each other.
  const day = hasDay(first) ? first : found.find((one) => hasDay(one) && !hasHour(one)) ?? first;
  const hour = hasHour(first) ? first : found.find((one) => hasHour(one) && !hasDay(one)) ?? first;
  const two = (value: number | null) => String(value ?? 1).padStart(2, "0");
  const date = `${day.start.get("year")}-${two(day.start.get("month"))}-${two(day.start.get("day"))}`;
  const minutes = hasHour(hour) ? hourOf(hour) * 60 + (hour.start.get("minute") ?? 0) : null;
  const anyDay = minutes !== null && !hasDay(day) && !day.start.isCertain("month") && !TODAY.test(day.text);
  return { date, minutes, ...(anyDay ? { anyDay } : {}) };
}

const hasDay = ({ start }: ParsedResult) => start.isCertain("day") || start.isCertain("weekday");
const hasHour = ({ start }: ParsedResult) => start.isCertain("hour");
/** Nobody is met at four in the night who did not say so: "at 4" is in the afternoon, "04:00" and "in 4 hours" are not. */
const AFTERNOON = 12;
const NIGHT = /\b0\d:|\b(en|in|dentro|within)\b/;

function hourOf({ start, text }: ParsedResult): number {
  const hour = start.get("hour") ?? 0;
  const early = hour > 0 && hour < 7 && !start.isCertain("meridiem") && !NIGHT.test(text);
  return early ? hour + AFTERNOON : hour;
}

/** "Esta tarde a las 5": the day was said. */
const TODAY = /^(esta|this)\b/i;

const MONTH = "(?:de|of|ene|jan|feb|mar|abr|apr|may|jun|jul|ago|aug|sep|oct|nov|dic|dec)";

/** Days that the parser does not know, by the date of today and what the pattern holds. */
const DAYS: readonly (readonly [RegExp, (today: string, held: string) => string | null])[] = [
  [/\bpasado manana\b/g, (today) => localDate(today, 2)],
  [/\b(?:la )?(?:proxima semana|semana proxima|semana que viene)\b/g, (today) => localDate(today, 7)],
  [
    new RegExp(`\\bd?el (?:dia )?(\\d{1,2})\\b(?! ?${MONTH}|[/:.-]\\d| ?(?:h|hrs?|horas|y)\\b)`, "g"),
    nextOfMonth,
  ],
  [new RegExp(`\\bon the (\\d{1,2})(?:st|nd|rd|th)\\b(?! (?:day|${MONTH}))`, "gi"), nextOfMonth],
];

function dated(text: string, today: string): string {
  return DAYS.reduce(
    (said, [pattern, date]) =>
      said.replace(pattern, (whole: string, held: unknown) => date(today, String(held)) ?? whole),
    text,
  );
}

/** The next date with that day of the month, today's too; null: no month has it. */
function nextOfMonth(today: string, day: string): string | null {
  const ahead = Array.from({ length: 62 }, (_, days) => localDate(today, days));
  return ahead.find((date) => Number(date.slice(8)) === Number(day)) ?? null;
}

const RULES = { es: SPANISH, en: ENGLISH } as const;

/** `replace` takes words and functions alike, but its types take either. */
function applied(said: string, [pattern, word]: Rule): string {
  return typeof word === "string" ? said.replace(pattern, word) : said.replace(pattern, word);
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
