import type { Ctx } from "../context.ts";
import { POLICY, rarity, type WeighedTerm } from "./policy.ts";
import { COMMON, countChunks, type Postings, selectPostings, selectWords } from "./store-search.ts";
import { allowedEdits, anyOf, distance, soundOf, stems, type Term, termsOf, termTokens } from "./text/mod.ts";

export interface Weighed {
  readonly terms: readonly WeighedTerm[];
  /** Rowids of chunks with what they seem to be worth: the shares of the terms that they have. */
  readonly worth: ReadonlyMap<number, number>;
}

type Known = ReadonlyMap<string, Postings>;

/** Gives each term its share by how rare it is in this workspace, and reads unknown words as known ones that sound alike. */
export async function weigh(ctx: Ctx, asked: readonly Term[]): Promise<Weighed> {
  if (asked.length === 0) return { terms: [], worth: new Map() };
  const [chunks, found] = await Promise.all([countChunks(ctx), lookUp(ctx, asked)]);
  const { read, readAs } = await readMisspelt(
    ctx,
    asked.map((term) => ({ term, known: countOf(found, term.word) > 0 })),
  );
  const known = readAs.size === 0 ? found : await lookUp(ctx, read);
  const terms = read.map((term) => {
    const withIt = countOf(known, term.word);
    return {
      ...term,
      chunks: withIt,
      share: term.weight * rarity(withIt, chunks),
      readAs: readAs.get(term.word) ?? null,
    };
  });
  const worth = new Map<number, number>();
  for (const { word, share } of terms) addWorth(worth, { share, postings: known.get(word) });
  for (const { word, share, chunks } of terms) {
    if (chunks >= COMMON) addUnseen(worth, { share, postings: known.get(word) });
  }
  const common = terms.filter((term) => term.chunks >= COMMON).slice(0, 3);
  if (common.length > 1) await addTogether(ctx, { common, worth });
  return { terms, worth };
}

async function lookUp(ctx: Ctx, terms: readonly Term[]): Promise<Known> {
  return await selectPostings(
    ctx,
    terms.flatMap((term) => {
      const match = anyOf(termTokens(term));
      return match === null ? [] : [[term.word, match] as const];
    }),
  );
}

function countOf(known: Known, word: string): number {
  const found = known.get(word);
  if (found === undefined) return 0;
  const { heading, text } = found;
  return Math.min(COMMON, heading.length === 0 ? text.length : new Set([...heading, ...text]).size);
}

function addWorth(
  worth: Map<number, number>,
  { share, postings }: { share: number; postings: Postings | undefined },
): void {
  const { heading = [], text = [] } = postings ?? {};
  const named = new Set(heading);
  for (const chunk of named) worth.set(chunk, (worth.get(chunk) ?? 0) + share);
  for (const chunk of text) {
    if (!named.has(chunk)) worth.set(chunk, (worth.get(chunk) ?? 0) + share * POLICY.inText);
  }
}

/** A chunk older than all that were seen of a common term may have it too: it is scored on that hope, policy.ts will tell. */
function addUnseen(
  worth: Map<number, number>,
  { share, postings }: { share: number; postings: Postings | undefined },
): void {
  const oldest = Math.min(
    ...[postings?.heading, postings?.text].map((list) =>
      list?.length === COMMON ? list[COMMON - 1] ?? 0 : Infinity
    ),
  );
  if (oldest === Infinity) return;
  for (const [chunk, so] of worth) if (chunk < oldest) worth.set(chunk, so + share);
}

/** Only the newest chunks of a common term were seen, so those that have all common terms are asked for by themselves. */
async function addTogether(
  ctx: Ctx,
  { common, worth }: { common: readonly WeighedTerm[]; worth: Map<number, number> },
): Promise<void> {
  const all = common.map((term) => `(${anyOf(termTokens(term)) ?? '""'})`).join(" AND ");
  const { heading = [], text = [] } = (await selectPostings(ctx, [["all", all]])).get("all") ?? {};
  const share = common.reduce((sum, term) => sum + term.share, 0);
  for (const chunk of text) worth.set(chunk, Math.max(worth.get(chunk) ?? 0, share * POLICY.inText));
  for (const chunk of heading) worth.set(chunk, Math.max(worth.get(chunk) ?? 0, share));
}

interface Asked {
  readonly term: Term;
  readonly known: boolean;
}

async function readMisspelt(
  ctx: Ctx,
  asked: readonly Asked[],
): Promise<{ read: Term[]; readAs: ReadonlyMap<string, string> }> {
  const read: Term[] = [];
  const readAs = new Map<string, string>();
  for (const { term, known } of asked) {
    const meant = known ? null : await closest(ctx, term.word);
    if (meant === null) {
      read.push(term);
      continue;
    }
    const [same] = termsOf(meant);
    read.push({ ...term, stems: stems(meant, null), concept: same?.concept ?? null });
    readAs.set(term.word, meant);
  }
  return { read, readAs };
}

/** The word of this knowledge that a misspelt one most likely is, or null. */
async function closest(ctx: Ctx, word: string): Promise<string | null> {
  if (word.length < 4 || word.length > 24 || /\d/.test(word)) return null;
  const respelt = word.replace(/[sz]ion(es)?$/, "cion$1");
  if (respelt !== word && countOf(await lookUp(ctx, termsOf(respelt)), respelt) > 0) return respelt;
  const sound = soundOf(respelt);
  let found: { word: string; edits: number } | null = null;
  for (const known of await selectWords(ctx, sound.slice(0, 1))) {
    const most = found === null ? allowedEdits(sound.length) : found.edits - 1;
    const edits = distance(sound, known.sound, most);
    if (edits <= most) found = { word: known.word, edits };
    if (edits === 0) break;
  }
  return found?.word ?? null;
}
