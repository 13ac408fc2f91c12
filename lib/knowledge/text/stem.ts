import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as spanish } from "@orama/stemmers/spanish";
import type { Locale } from "./language.ts";

const STEMMERS = { es: stemSpanish, en: english } as const satisfies Record<Locale, (word: string) => string>;
const remembered = { es: new Map<string, string>(), en: new Map<string, string>() };
const REMEMBER = 20_000;
const IRREGULAR: Readonly<Record<string, string>> = { dias: "dia", mes: "mes", meses: "mes" };

/** Snowball knows the noun ending with its accent only; folding took it away. */
function stemSpanish(word: string): string {
  return IRREGULAR[word] ??
    spanish(word.replace(/([cs])ion$/, "$1ión")).normalize("NFD").replace(/\p{M}/gu, "");
}

/** The Snowball stem of a folded word. */
export function stem(word: string, locale: Locale): string {
  if (word.length < 3 || /\d/.test(word)) return word;
  const memory = remembered[locale];
  const known = memory.get(word);
  if (known !== undefined) return known;
  const stemmed = STEMMERS[locale](word);
  if (memory.size >= REMEMBER) memory.clear();
  memory.set(word, stemmed);
  return stemmed;
}

/** Stems in one language, or in both when it is not known. */
export function stems(word: string, locale: Locale | null): readonly string[] {
  if (locale !== null) return [stem(word, locale)];
  const [es, en] = [stem(word, "es"), stem(word, "en")];
  return es === en ? [es] : [es, en];
}
