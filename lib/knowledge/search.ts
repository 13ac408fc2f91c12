import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { type Question, scoreOf, type WeighedTerm } from "./policy.ts";
import { quoteOf } from "./quote.ts";
import type { EntryKind } from "./store.ts";
import { type CandidateRow, selectCandidates } from "./store-search.ts";
import { guessLocale, type Locale, sentences, termsOf, words } from "./text/mod.ts";
import { weigh } from "./weigh.ts";

/** A piece of knowledge that speaks to a question, in the form of the wire. */
export type Hit = {
  readonly entry_id: string;
  readonly kind: EntryKind;
  readonly title: string;
  readonly heading: string | null;
  /** The chunk. */
  readonly text: string;
  /** The part of it that answers. */
  readonly quote: string;
  readonly locale: string | null;
  readonly source: string | null;
  /** 0 to 1; see POLICY.threshold. */
  readonly score: number;
  /** Words of the question that it speaks to, and those that it does not. */
  readonly matched: readonly string[];
  readonly missing: readonly string[];
};

export interface Search {
  readonly hits: Hit[];
  readonly locale: Locale | null;
  /** The terms looked for; empty when the question has nothing to look for ("hello!"). */
  readonly terms: readonly WeighedTerm[];
}

export interface SearchInput {
  readonly question: string;
  readonly locale?: string | null | undefined;
  readonly limit?: number | undefined;
}

const CANDIDATES = 32;

/** The chunks that speak to a question, best first, one an entry and place. Costs no more than its candidates, whatever the workspace holds. */
export async function searchKnowledge(
  ctx: Ctx,
  { question, locale, limit = 5 }: SearchInput,
): Promise<Search> {
  requireScope(ctx, "knowledge:read");
  const asked = question.slice(0, 20_000).toWellFormed();
  const language = locale === "es" || locale === "en" ? locale : guessLocale(asked);
  const { terms, worth } = await weigh(ctx, termsOf(asked));
  const rows = await selectCandidates(ctx, { worth, limit: CANDIDATES });
  const parts = partsOf(asked, { terms, locale: language });
  const hits = rows.map((row) => best(row, parts)).filter(({ score }) => score > 0);
  hits.sort((a, b) => b.score - a.score);
  return { hits: onePerEntry(hits).slice(0, limit), locale: language, terms };
}

/** A long message is often a story with a question in it: each sentence is asked by itself too, for a little less. */
function partsOf(
  asked: string,
  whole: { terms: readonly WeighedTerm[]; locale: Locale | null },
): { question: Question; factor: number }[] {
  const question = { ...whole, folded: words(asked).join(" ") };
  const pieces = sentences(asked);
  if (pieces.length < 2 || pieces.length > 12) return [{ question, factor: 1 }];
  const known = new Map(whole.terms.map((term) => [term.word, term]));
  const parts = pieces.map((piece) => {
    const terms = termsOf(piece).flatMap(({ word }) => known.get(word) ?? []);
    return { question: { terms, locale: whole.locale, folded: words(piece).join(" ") }, factor: 0.96 };
  });
  const askable = ({ question: { terms } }: typeof parts[number]) =>
    terms.filter(({ weight }) => weight === 1).length >= 2;
  return [{ question, factor: 1 }, ...parts.filter(askable)];
}

function best(row: CandidateRow, parts: readonly { question: Question; factor: number }[]): Hit {
  const { entryId, kind, title, heading, text, locale, source } = row;
  let top = { score: -1, matched: [] as readonly string[], missing: [] as readonly string[] };
  let asked: Question | undefined;
  for (const { question, factor } of parts) {
    const found = scoreOf(question, row);
    const score = Math.round(found.score * factor * 1000) / 1000;
    if (score > top.score) {
      top = { ...found, score };
      asked = question;
    }
  }
  const quote = asked === undefined || top.score <= 0 ? "" : quoteOf(row, asked.terms);
  return { entry_id: entryId, kind, title, heading, text, quote, locale, source, ...top };
}

function onePerEntry(hits: readonly Hit[]): Hit[] {
  const seen = new Set<string>();
  return hits.filter(({ entry_id }) => !seen.has(entry_id) && seen.add(entry_id));
}
