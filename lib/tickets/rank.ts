import type { Ctx } from "../context.ts";
import { selectHits } from "./store-search.ts";
import type { Search } from "./words.ts";

/** A hit and what it is worth. */
export interface Ranked {
  readonly score: number;
  readonly seq: number;
}

/**
 * The rows that have every word, the best first: each word in the subject counts by its weight, and among equals the
 * newest leads. bm25 is not asked, because it counts every posting of the index for each word (a second over 700,000).
 */
export async function rankHits(
  ctx: Ctx,
  { search, most }: { search: Search; most: number },
): Promise<Ranked[]> {
  const { match, terms } = search;
  const { all, inSubject } = await selectHits(ctx, { match, terms: terms.map(({ match }) => match), most });
  const scores = new Map(all.map((seq) => [seq, 0]));
  for (const [place, seqs] of inSubject.entries()) {
    for (const seq of seqs) {
      const score = scores.get(seq);
      if (score !== undefined) scores.set(seq, score + (terms[place]?.weight ?? 0));
    }
  }
  return [...scores].map(([seq, score]) => ({ score, seq })).sort(byRank);
}

const byRank = (a: Ranked, b: Ranked) => b.score - a.score || b.seq - a.seq;

/** Whether it stands behind the other one. */
export const isBehind = (one: Ranked, other: Ranked) => byRank(one, other) > 0;
