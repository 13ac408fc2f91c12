import { type Locale, LOCALES, OPT_OUT_WORDS, type OptWords, PHRASES } from "./phrases.ts";

/** Lower case without accents and punctuation, words separated by one space. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("’", "'").toLowerCase()
    .replace(/[^\p{L}\p{N}']+/gu, " ").trim();
}

export interface OptWish {
  readonly wish: "out" | "in";
  readonly locale: Locale;
}

/** A message that is nothing but an opt-out or opt-in word, politely or not. "Where is the bus stop?" is neither. */
export function optWishOf(text: string): OptWish | null {
  if (text.length > 60) return null;
  const said = fold(text);
  for (const locale of LOCALES) {
    const lists: OptWords = OPT_OUT_WORDS[locale];
    const asked = without(said, lists.courtesies);
    if (lists.out.includes(without(asked, lists.wishes))) return { wish: "out", locale };
    if (lists.in.includes(asked)) return { wish: "in", locale };
  }
  return null;
}

function without(said: string, words: readonly string[]): string {
  return said.split(" ").filter((word) => !words.includes(word)).join(" ");
}

export interface Courtesy {
  readonly kind: "welcome" | "goodbye";
  readonly locale: Locale;
}

/** Thanks or a goodbye and nothing else, and what is said to it. "Thanks, and where are you?" is a question. */
export function courtesyOf(text: string): Courtesy | null {
  const said = fold(text.slice(0, 200)).split(" ");
  if (text.length > 200) return null;
  for (const locale of LOCALES) {
    const { thanks, goodbyes, polite }: Record<"thanks" | "goodbyes" | "polite", readonly string[]> =
      PHRASES[locale];
    if (!said.every((word) => [thanks, goodbyes, polite].some((list) => list.includes(word)))) continue;
    if (said.some((word) => thanks.includes(word))) return { kind: "welcome", locale };
    if (said.some((word) => goodbyes.includes(word))) return { kind: "goodbye", locale };
  }
  return null;
}

export interface HandoverWish {
  /** `asked`: one of the usual wishes; `phrase`: one of the business's own. */
  readonly reason: "asked" | "phrase";
  readonly locale: Locale | null;
}

/**
 * Whether the customer wants a person. A word such as "person" is a wish only when the message says nothing else:
 * "how much is it for one person?" is a question.
 */
export function handoverWishOf(text: string, own: readonly string[]): HandoverWish | null {
  const read = text.slice(0, 4000);
  const said = ` ${fold(read)} `;
  const phrases = own.map(fold).filter((phrase) => phrase !== "");
  if (phrases.some((phrase) => said.includes(` ${phrase} `))) return { reason: "phrase", locale: null };
  const clauses = read.split(/[.,;:!?¡¿…()\n]+/u).map(fold).filter(Boolean);
  for (const locale of LOCALES) {
    const wish = isAlone(said, PHRASES[locale]) || clauses.some((clause) => isAskedIn(clause, locale));
    if (wish) return { reason: "asked", locale };
  }
  return null;
}

function isAlone(
  said: string,
  { alone, fillers }: { alone: readonly string[]; fillers: readonly string[] },
): boolean {
  const words = without(said.trim(), fillers);
  return words !== "" && words.split(" ").every((word) => alone.includes(word));
}

interface Wishes {
  readonly wanted: RegExp;
  /** What is the wish where it is not wanted. */
  readonly refused: RegExp;
}

/** Expressions over a folded clause; the words are ours, so none of them means anything in one. */
const WISHES = { es: wishesOf(PHRASES.es), en: wishesOf(PHRASES.en) } as const satisfies Record<
  Locale,
  Wishes
>;

function wishesOf(
  { handover, reach, articles, persons, alone, machines }: Record<
    "handover" | "reach" | "articles" | "persons" | "alone" | "machines",
    readonly string[]
  >,
): Wishes {
  const any = (words: readonly string[]) => `(?:${words.join("|")})`;
  const whole = (pattern: string) => new RegExp(`(?<=^| )${pattern}(?= |$)`, "gu");
  const reached = `${any(reach)}(?: ${any(articles)})*`;
  return {
    wanted: whole(`(?:${any(handover)}|${reached} ${any([...persons, ...alone])})`),
    refused: whole(`${reached} ${any(machines)}`),
  };
}

function isAskedIn(clause: string, locale: Locale): boolean {
  const { wanted, refused } = WISHES[locale];
  return [...clause.matchAll(wanted)].some((match) => !isNegated(match, locale)) ||
    [...clause.matchAll(refused)].some((match) => isNegated(match, locale));
}

/** How many words before a wish are looked at for a negation. */
const NEGATION_REACH = 4;

function isNegated({ 0: wish, index, input }: RegExpExecArray, locale: Locale): boolean {
  const negations: readonly string[] = PHRASES[locale].negations;
  const desires: readonly string[] = PHRASES[locale].desires;
  const said = input.slice(0, index).split(" ").filter(Boolean);
  const begins = said.length;
  const words = [...said, ...wish.split(" ")];
  const first = Math.max(0, begins - NEGATION_REACH);
  const desire = words.findLastIndex((word, at) => at >= first && desires.includes(word));
  const before = words.slice(desire < 0 ? first : Math.max(0, desire - 1), begins);
  return before.some((word) => negations.includes(word));
}

/** The first of the languages that we have words for: the customer's own if the business speaks it. */
export function localeOf(wanted: readonly (string | null | undefined)[], spoken: readonly string[]): Locale {
  const bases = spoken.map(baseOf);
  for (const tag of wanted) {
    const base = baseOf(tag ?? "");
    const ours = LOCALES.find((locale) => locale === base);
    if (ours !== undefined && bases.includes(ours)) return ours;
  }
  return LOCALES.find((locale) => locale === bases[0]) ?? "es";
}

function baseOf(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}
