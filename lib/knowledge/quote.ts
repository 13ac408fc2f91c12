import type { WeighedTerm } from "./policy.ts";
import type { EntryKind } from "./store.ts";
import { featuresOf, sentences, termTokens, toLocale } from "./text/mod.ts";

const SHORT = 420;
const MOST_SENTENCES = 3;

interface Quotable {
  readonly kind: EntryKind;
  readonly text: string;
  readonly locale: string | null;
}

/**
 * The words to answer with, exactly as the business wrote them: a pair's answer whole, of a longer text the
 * sentences that speak to the question, in their order, with "[…]" where something between them is left out.
 */
export function quoteOf({ kind, text, locale }: Quotable, terms: readonly WeighedTerm[]): string {
  if (kind === "pair" || text.length <= SHORT) return text;
  const language = toLocale(locale);
  const wanted = terms.map((term) => ({ share: term.share, tokens: termTokens(term) }));
  const weighed = sentences(text).map((sentence, index) => {
    const features = featuresOf(sentence, language);
    const worth = wanted.reduce(
      (sum, { share, tokens }) => sum + (tokens.some((token) => features.has(token)) ? share : 0),
      0,
    );
    return { sentence, index, worth };
  });
  const ranked = weighed.toSorted((a, b) => b.worth - a.worth || a.index - b.index);
  const top = ranked[0];
  if (top === undefined || top.worth === 0) return cutAt(text, SHORT);
  const chosen = ranked.slice(0, MOST_SENTENCES).filter(({ worth }) => worth >= top.worth / 2);
  // A short line without a stop is a heading: what follows it is the answer.
  const after = weighed[top.index + 1];
  if (chosen.length === 1 && /[^.!…]$/.test(top.sentence) && after !== undefined) chosen.push(after);
  chosen.sort((a, b) => a.index - b.index);
  const joined = chosen.map(({ sentence, index }, at) => {
    const before = chosen[at - 1];
    return before !== undefined && index > before.index + 1 ? `[…] ${sentence}` : sentence;
  });
  return cutAt(joined.join(" "), 3 * SHORT);
}

function cutAt(text: string, most: number): string {
  if (text.length <= most) return text;
  const space = text.lastIndexOf(" ", most);
  return `${text.slice(0, space > most / 2 ? space : most).toWellFormed().trimEnd()}…`;
}
