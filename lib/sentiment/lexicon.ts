import { fold, type Locale, stem } from "../knowledge/mod.ts";
import { ENGLISH } from "./lexicon-en.ts";
import { SPANISH } from "./lexicon-es.ts";

/** Words and what they weigh, from -3 to 3. */
export interface Lexicon {
  readonly words: Readonly<Record<string, string>>;
  /** Sequences of words; they go before their words. Weight 0: says nothing, whatever its words do. */
  readonly phrases: Readonly<Record<string, number>>;
  /** Turn what follows into its opposite. */
  readonly negators: readonly string[];
  readonly boosters: readonly string[];
  readonly dampers: readonly string[];
  /** After these the sentence says what counts. */
  readonly turns: readonly string[];
}

export interface Phrase {
  readonly words: readonly string[];
  readonly weight: number;
}

/** A lexicon that is ready to be looked up: stems, folded words, phrases by their first word, the longest first. */
export interface Index {
  readonly locale: Locale;
  readonly weights: ReadonlyMap<string, number>;
  readonly phrases: ReadonlyMap<string, readonly Phrase[]>;
  readonly negators: ReadonlySet<string>;
  readonly boosters: ReadonlySet<string>;
  readonly dampers: ReadonlySet<string>;
  readonly turns: ReadonlySet<string>;
}

/** Folded words of a text; an apostrophe belongs to its word. */
export function tokens(text: string): string[] {
  return fold(text.replaceAll("’", "'")).match(/[\p{L}\p{N}']+/gu) ?? [];
}

function indexed(lexicon: Lexicon, locale: Locale): Index {
  const weights = new Map<string, number>();
  for (const [weight, words] of Object.entries(lexicon.words)) {
    for (const word of words.split(" ")) weights.set(stem(fold(word), locale), Number(weight));
  }
  const phrases = Object.entries(lexicon.phrases).map(([text, weight]) => ({ words: tokens(text), weight }))
    .sort((a, b) => b.words.length - a.words.length);
  const folded = (words: readonly string[]) => new Set(words.map(fold));
  return {
    locale,
    weights,
    phrases: Map.groupBy(phrases, ({ words }) => words[0] ?? ""),
    negators: folded(lexicon.negators),
    boosters: folded(lexicon.boosters),
    dampers: folded(lexicon.dampers),
    turns: folded(lexicon.turns),
  };
}

let indexes: Readonly<Record<Locale, Index>> | null = null;

/** Made at the first use: an isolate that never asks pays nothing. */
export function indexOf(locale: Locale): Index {
  indexes ??= { es: indexed(SPANISH, "es"), en: indexed(ENGLISH, "en") };
  return indexes[locale];
}

/** By code point sequence. */
export const EMOJI: Readonly<Record<string, number>> = {
  "😀": 1.5,
  "😃": 1.5,
  "😄": 1.5,
  "😁": 1.5,
  "😊": 2,
  "🙂": 1,
  "😍": 3,
  "🥰": 3,
  "😘": 2,
  "❤": 3,
  "💕": 2,
  "💖": 3,
  "👍": 1.5,
  "👏": 2,
  "🙏": 0.7,
  "🎉": 2,
  "💪": 1,
  "✅": 1,
  "🤩": 3,
  "😎": 1.5,
  "😞": -2,
  "😔": -1.5,
  "😟": -1.5,
  "😢": -2,
  "😭": -2,
  "😠": -2.5,
  "😡": -3,
  "🤬": -3,
  "😤": -2,
  "👎": -2,
  "🙄": -1.5,
  "😒": -1.5,
  "🤮": -3,
  "😩": -1.5,
  "😫": -1.5,
  "💔": -2,
  "🤦": -1.5,
};
