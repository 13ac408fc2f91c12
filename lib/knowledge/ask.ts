import type { Ctx } from "../context.ts";
import { POLICY } from "./policy.ts";
import { type Hit, type SearchInput, searchKnowledge } from "./search.ts";
import { type Locale, toLocale } from "./text/mod.ts";
import { TEXTS } from "./texts.ts";

/** Why it answered or did not. */
export const REASONS = ["matched", "nothing_asked", "nothing_found", "not_sure"] as const;
export type Reason = typeof REASONS[number];

/** What an answer rests on, as it is kept with the message and shown on the wire. */
export type AnswerSource = {
  readonly entry_id: string;
  readonly title: string;
  readonly quote: string;
  readonly score: number;
};

export type KnowledgeAnswer = {
  readonly answered: boolean;
  /** Ready to send: the quote with its source, or that it doesn't know with the offer of a person. */
  readonly answer: string;
  readonly locale: Locale;
  readonly sources: readonly AnswerSource[];
  readonly candidates: readonly Hit[];
  readonly reason: Reason;
  /** The score that an answer needs. */
  readonly threshold: number;
  /** The words looked for, with what a misspelt one was read as. */
  readonly terms: readonly { readonly word: string; readonly read_as: string | null }[];
};

/** What the bot answers from knowledge alone, and why: it quotes and names its source, or says that it doesn't know. */
export async function askKnowledge(ctx: Ctx, input: SearchInput): Promise<KnowledgeAnswer> {
  const { hits, locale: guessed, terms } = await searchKnowledge(ctx, input);
  const [top] = hits;
  const locale = guessed ?? toLocale(top?.locale) ?? "es";
  const shown = terms.map(({ word, readAs }) => ({ word, read_as: readAs }));
  const common = { locale, candidates: hits, threshold: POLICY.threshold, terms: shown };
  if (top === undefined || top.score < POLICY.threshold) {
    const reason = terms.length === 0 ? "nothing_asked" : top === undefined ? "nothing_found" : "not_sure";
    return { ...common, answered: false, answer: TEXTS[locale].unknown, sources: [], reason };
  }
  const { entry_id, title, quote, score } = top;
  return {
    ...common,
    answered: true,
    answer: phrase(top, locale),
    sources: [{ entry_id, title, quote, score }],
    reason: "matched",
  };
}

function phrase(hit: Hit, locale: Locale): string {
  const texts = TEXTS[locale];
  const foreign = toLocale(hit.locale) !== null && toLocale(hit.locale) !== locale;
  const name = hit.heading === null ? hit.title : `${hit.title} (${hit.heading})`;
  return [...(foreign ? [texts.otherLanguage] : []), hit.quote, texts.source(name)].join("\n\n");
}
