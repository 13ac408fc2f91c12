import { type Locale, LOCALES, OPT_OUT_WORDS, PHRASES } from "./phrases.ts";

/** Lower case without accents and punctuation, words separated by one space. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}']+/gu, " ").trim();
}

export interface OptWish {
  readonly wish: "out" | "in";
  readonly locale: Locale;
}

/** A message that is nothing but an opt-out or opt-in word. "Where is the bus stop?" is neither. */
export function optWishOf(text: string): OptWish | null {
  if (text.length > 60) return null;
  const said = fold(text);
  for (const locale of LOCALES) {
    for (const wish of ["out", "in"] as const) {
      const words: readonly string[] = OPT_OUT_WORDS[locale][wish];
      if (words.includes(said)) return { wish, locale };
    }
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
  const said = ` ${fold(text.slice(0, 4000))} `;
  const phrases = own.map(fold).filter((phrase) => phrase !== "");
  if (phrases.some((phrase) => said.includes(` ${phrase} `))) return { reason: "phrase", locale: null };
  for (const locale of LOCALES) {
    if (wishes(said, PHRASES[locale])) return { reason: "asked", locale };
  }
  return null;
}

interface WishWords {
  readonly handover: readonly string[];
  readonly alone: readonly string[];
  readonly fillers: readonly string[];
  readonly negations: readonly string[];
}

/** How many words before a phrase are looked at for a negation. */
const NEGATION_REACH = 4;

function wishes(said: string, { handover, alone, fillers, negations }: WishWords): boolean {
  const words = said.trim().split(" ").filter((word) => !fillers.includes(word));
  if (words.length > 0 && words.every((word) => alone.includes(word))) return true;
  return handover.some((phrase) => {
    const at = said.indexOf(` ${phrase} `);
    if (at < 0) return false;
    const before = said.slice(0, at).trim().split(" ").slice(-NEGATION_REACH);
    return !before.some((word) => negations.includes(word));
  });
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
