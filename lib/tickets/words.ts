import { anyOf, searchForm, type Term, termsOf, termTokens } from "../knowledge/mod.ts";
import type { IndexForm } from "./store-search.ts";

/** More of a ticket's text would only cost time: what it is about is said by then. */
const INDEXED = 20_000;

/** What the full-text index is given for a ticket: stems in Spanish and in English, whichever it is written in. */
export function indexFormOf(
  { subject, description }: { subject: string; description: string },
  comments: readonly string[] = [],
): IndexForm {
  const body = [description, ...comments].join("\n").slice(0, INDEXED);
  return { subject: searchForm(subject), body: searchForm(body) };
}

/** A search: tickets that have every word of it, in any inflection and either language. */
export interface Search {
  readonly match: string;
  /** One expression a word. */
  readonly terms: readonly { readonly match: string; readonly weight: number }[];
}

/** null when nothing is left to look for. */
export function searchOf(text: string): Search | null {
  const terms = termsOf(text).flatMap(expressionOf);
  if (terms.length === 0) return null;
  return { match: terms.map(({ match }) => `(${match})`).join(" AND "), terms };
}

function expressionOf(term: Term): { match: string; weight: number }[] {
  const match = anyOf(termTokens(term));
  return match === null ? [] : [{ match, weight: term.weight }];
}

/** A ticket's number as people type it: `1042`, `#1042`, `T-1042`. */
export function numberOf(text: string): number | null {
  const digits = /^(?:#|t-)?(\d{1,12})$/i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
