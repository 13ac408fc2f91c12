/** How many of each list's words, the most frequent ones, the estimator of passwords keeps (it has up to 30,000). */
const WORDS_KEPT = 5000;
/** Powers of two up to that. */
const BANDS = 13;
const LIST = /^ +(\w+): "([^"\n]*)"\.split\(","\),?$/gm;
const LISTS = /\{\n(?: +\w+: "[^"\n]*"\.split\(","\),?\n)+ +\}/;

/** The module of zxcvbn's frequency lists with fewer and packed words. */
export function packLists(module: string): string {
  return module.replace(LISTS, (object) => {
    const lists = [...object.matchAll(LIST)].map(([, name = "", words = ""]) =>
      [name, words.split(",")] as const
    );
    return `(${unpackWords})(${JSON.stringify(packWords(Object.fromEntries(lists)))}, ${BANDS})`;
  });
}

/** Lists as one alphabet of words: a third less than the lists themselves, compressed. */
export interface PackedWords {
  readonly names: readonly string[];
  /** A capital tells how many letters a word shares with the one before, then come its other letters. */
  readonly words: string;
  /** A character for each word: its list, and the power of two that its rank reaches. */
  readonly labels: string;
}

/** Of a word's rank its power of two is kept; within that, the alphabet decides. Throws when a word has a capital. */
export function packWords(lists: Readonly<Record<string, readonly string[]>>): PackedWords {
  const labelled = Object.values(lists).flatMap((words, list) =>
    words.slice(0, WORDS_KEPT)
      .map((word, at) => ({ word, label: list * BANDS + Math.floor(Math.log2(at + 1)) }))
  ).sort((one, other) => one.word < other.word ? -1 : one.word > other.word ? 1 : one.label - other.label);
  const capital = labelled.find(({ word }) => /[A-Z]/.test(word));
  if (capital !== undefined) throw new Error(`A word can't be packed: ${capital.word}`);
  let before = "";
  const words = labelled.map(({ word }) => {
    let shared = 0;
    while (shared < Math.min(25, word.length) && word[shared] === before[shared]) shared++;
    before = word;
    return String.fromCharCode(65 + shared) + word.slice(shared);
  });
  const labels = labelled.map(({ label }) => String.fromCharCode(40 + label));
  return { names: Object.keys(lists), words: words.join(""), labels: labels.join("") };
}

/** Stands in the bundle with nothing around it. */
export function unpackWords({ names, words, labels }: PackedWords, bands: number): Record<string, string[]> {
  const found: string[][] = [];
  let word = "";
  let at = 0;
  for (const [, shared = "", rest = ""] of words.matchAll(/([A-Z])([^A-Z]*)/g)) {
    word = word.slice(0, shared.charCodeAt(0) - 65) + rest;
    (found[labels.charCodeAt(at++) - 40] ??= []).push(word);
  }
  return Object.fromEntries(
    names.map((name, list) => [name, found.slice(list * bands, (list + 1) * bands).flat()]),
  );
}
