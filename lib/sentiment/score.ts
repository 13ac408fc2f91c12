import { guessLocale, type Locale, LOCALES, stem } from "../knowledge/mod.ts";
import { EMOJI, type Index, indexOf, tokens } from "./lexicon.ts";

export const MOODS = ["negative", "neutral", "positive"] as const;
export type Mood = typeof MOODS[number];

export interface Sentiment {
  /** From -1 to 1. */
  readonly score: number;
  readonly mood: Mood;
  /** What decided, with what each weighed in its place. */
  readonly words: readonly { readonly word: string; readonly weight: number }[];
}

const POLICY = {
  /** Beyond it a text is no longer neutral. */
  threshold: 0.25,
  /** How many words back a negation reaches. */
  reach: 3,
  /** "Not good" is less bad than "bad". */
  negated: -0.7,
  boosted: 1.4,
  damped: 0.6,
  /** What comes before a "but" counts less. */
  beforeTurn: 0.5,
  shouted: 1.2,
  /** The sum at which the score is 0.7. */
  half: 2,
  longest: 5000,
} as const;

/** How a customer's text sounds, by a lexicon. Of a text in neither language both are looked up. */
export function sentimentOf(text: string, locale: Locale | null = null): Sentiment {
  const cut = text.slice(0, POLICY.longest);
  const language = locale ?? guessLocale(cut);
  const readings = (language === null ? LOCALES : [language]).map((one) => wordsIn(cut, indexOf(one)));
  const found = readings.reduce((a, b) => b.length > a.length ? b : a);
  const decided = [...found, ...emojiIn(cut)];
  const loud = /!{2,}|\p{Lu}{4,}\s+\p{Lu}{3,}/u.test(cut) ? POLICY.shouted : 1;
  const sum = decided.reduce((all, { weight }) => all + weight, 0) * loud;
  const score = Math.round(100 * sum / Math.sqrt(sum * sum + POLICY.half * POLICY.half)) / 100;
  return { score, mood: moodOf(score), words: decided.filter(({ weight }) => weight !== 0) };
}

export function moodOf(score: number): Mood {
  if (Math.abs(score) < POLICY.threshold) return "neutral";
  return score < 0 ? "negative" : "positive";
}

interface Weighed {
  readonly word: string;
  readonly weight: number;
}

function wordsIn(text: string, index: Index): Weighed[] {
  const clauses = text.split(/[.,;:!?¿¡\n()]+/);
  const all: Weighed[] = [];
  for (const clause of clauses) {
    const words = tokens(clause);
    if (index.turns.has(words[0] ?? "")) soften(all);
    all.push(...wordsOfClause(words, index, () => soften(all)));
  }
  return all;
}

function soften(words: Weighed[]): void {
  words.forEach(({ word, weight }, at) => words[at] = { word, weight: weight * POLICY.beforeTurn });
}

function wordsOfClause(words: readonly string[], index: Index, atTurn: () => void): Weighed[] {
  const found: Weighed[] = [];
  let from = 0;
  for (let at = 0; at < words.length;) {
    const word = words[at] ?? "";
    if (at > 0 && index.turns.has(word)) {
      atTurn();
      soften(found);
      from = at + 1;
    }
    const phrase = index.phrases.get(word)?.find((one) =>
      one.words.every((part, i) => words[at + i] === part)
    );
    const length = phrase?.words.length ?? 1;
    const weight = phrase?.weight ?? weightOf(word, index);
    if (weight !== 0) {
      const before = words.slice(Math.max(from, at - POLICY.reach), at);
      const said = words.slice(at, at + length).join(" ");
      found.push({ word: said, weight: inPlace({ word, weight }, before, index) });
    }
    at += length;
    if (phrase !== undefined) from = Math.max(from, at);
  }
  return found;
}

/** `malísimo` is `malo`, and more so. */
const SUPERLATIVE = /isim[oa]s?$/;

function weightOf(word: string, { locale, weights }: Index): number {
  const known = weights.get(stem(word, locale));
  if (known !== undefined || locale !== "es" || !SUPERLATIVE.test(word)) return known ?? 0;
  return (weights.get(stem(word.replace(SUPERLATIVE, "o"), locale)) ?? 0) * POLICY.boosted;
}

/** What a word weighs after the words before it. */
function inPlace({ word, weight }: Weighed, before: readonly string[], index: Index): number {
  const last = before.at(-1) ?? "";
  const strength = index.boosters.has(last) ? POLICY.boosted : index.dampers.has(last) ? POLICY.damped : 1;
  const negated = before.some((one) => index.negators.has(one)) && !index.negators.has(word);
  return Math.round(100 * weight * strength * (negated ? turned(weight) : 1)) / 100;
}

/** "No problem" says little; "not good" is bad, and less so than "bad". */
function turned(weight: number): number {
  return weight >= -1 && weight < 0 ? 0 : POLICY.negated;
}

function emojiIn(text: string): Weighed[] {
  return [...text].flatMap((word) => {
    const weight = Object.hasOwn(EMOJI, word) ? EMOJI[word] : undefined;
    return weight === undefined ? [] : [{ word, weight }];
  });
}
