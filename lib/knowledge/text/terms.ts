import { conceptOf, saidInPhrases } from "./concepts.ts";
import { words } from "./fold.ts";
import type { Locale } from "./language.ts";
import { stems } from "./stem.ts";
import { wordWeight } from "./stop-words.ts";

/** One thing that a question asks for. */
export interface Term {
  /** Folded, as typed. */
  readonly word: string;
  /** In Spanish and in English: the language of a short question is a guess. */
  readonly stems: readonly string[];
  readonly concept: string | null;
  /** 1 for content, less for words such as "when". */
  readonly weight: number;
}

/** More would only cost time: nobody's question has so many matters. */
export const MOST_TERMS = 40;
/** `_` is a letter to the index and none to words(), so no customer can type one of these. */
const CONCEPT_MARK = "c_";

export function conceptToken(concept: string): string {
  return CONCEPT_MARK + concept;
}

/** The distinct terms of a question, in the order they were asked, without noise. */
export function termsOf(text: string): Term[] {
  const terms = new Map<string, Term>();
  for (const word of words(text.slice(0, 20_000))) {
    const weight = wordWeight(word);
    if (weight === 0) continue;
    const both = stems(word, null);
    const key = both[0] ?? word;
    if (!terms.has(key)) terms.set(key, { word, stems: both, concept: conceptOf(both), weight });
    if (terms.size >= MOST_TERMS) break;
  }
  return [...terms.values()];
}

/** What a text has, for matching terms against: the stems and the concepts of its words. */
export function featuresOf(text: string, locale: Locale | null): ReadonlySet<string> {
  const features = new Set<string>();
  for (const token of tokens(text, locale)) features.add(token);
  return features;
}

/** The string of the full-text columns: the stems of the words, noise left out, with their concepts. */
export function searchForm(text: string, locale: Locale | null = null): string {
  return tokens(text, locale).join(" ");
}

function tokens(text: string, locale: Locale | null): string[] {
  const out: string[] = [];
  for (const word of words(text)) {
    if (wordWeight(word) === 0) continue;
    const found = stems(word, locale);
    out.push(...found);
    const concept = conceptOf(found);
    if (concept !== null) out.push(conceptToken(concept));
  }
  for (const concept of saidInPhrases(text)) out.push(conceptToken(concept));
  return out;
}

/** Everything in the index that speaks for a term. */
export function termTokens(term: Pick<Term, "stems" | "concept">): string[] {
  return term.concept === null ? [...term.stems] : [...term.stems, conceptToken(term.concept)];
}

/**
 * Tokens as one OR expression, or null when nothing is left to look for. Tokens hold letters, digits and `_` only, so
 * no text can reach the syntax (sqlite.org/fts5.html, 3.1).
 */
export function anyOf(tokens: readonly string[]): string | null {
  const distinct = [...new Set(tokens)].filter((token) => /^[\p{L}\p{N}_]+$/u.test(token));
  return distinct.length === 0 ? null : distinct.map((token) => `"${token}"`).join(" OR ");
}

/** One form for a question asked again in another order, case or inflection. */
export function fingerprintOf(question: string): string {
  const key = [...new Set(termsOf(question).map((term) => term.stems[0] ?? term.word))].sort().join(" ");
  return (key === "" ? words(question).join(" ") : key).slice(0, 300).toWellFormed();
}
