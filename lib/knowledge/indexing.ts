import { invalid } from "../kernel/errors.ts";
import { LIMITS } from "./schemas.ts";
import type { EntryRow } from "./store.ts";
import { chunksOf } from "./sources/chunk.ts";
import { searchForm, soundOf, toLocale, words, wordWeight } from "./text/mod.ts";

/** A chunk with what the full-text index is given for it. */
export interface IndexedChunk {
  readonly heading: string | null;
  readonly text: string;
  readonly headingForm: string;
  readonly textForm: string;
}

export interface EntryIndex {
  readonly chunks: readonly IndexedChunk[];
  readonly words: readonly (readonly [sound: string, word: string])[];
}

const WORD_LENGTHS = { least: 4, most: 24 };

/** Everything that the index needs of an entry, made before the transaction because it costs time. A disabled entry has nothing in it. Throws 422. */
export function indexOf(entry: Pick<EntryRow, "kind" | "title" | "body" | "locale" | "enabled">): EntryIndex {
  if (!entry.enabled) return { chunks: [], words: [] };
  const locale = toLocale(entry.locale);
  const pieces = chunksOf(entry);
  if (pieces.length > LIMITS.chunks) {
    throw invalid(
      "body",
      `falls into ${pieces.length} pieces (rows, sections, paragraphs), the most is ${LIMITS.chunks}: split it`,
    );
  }
  const chunks = pieces.map(({ heading, text }) => ({
    heading,
    text,
    headingForm: searchForm(heading === null ? entry.title : `${entry.title} ${heading}`, locale),
    textForm: searchForm(text, locale),
  }));
  const distinct = new Set(words(`${entry.title}\n${entry.body}`));
  const kept = [...distinct].filter((word) =>
    word.length >= WORD_LENGTHS.least && word.length <= WORD_LENGTHS.most && wordWeight(word) > 0 &&
    !/\d/.test(word)
  );
  return { chunks, words: kept.map((word) => [soundOf(word), word]) };
}
