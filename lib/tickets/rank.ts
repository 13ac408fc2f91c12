import type { Ctx } from "../context.ts";
import { selectHits } from "./store-search.ts";
import type { Search } from "./words.ts";

/**
 * The rows that have every word, the best first: each word in the subject counts by its weight, and among equals the
 * newest leads. bm25 is not asked, because it counts every posting of the index for each word (a second over 700,000).
 */
export async function rankHits(
  ctx: Ctx,
  { search, most }: { search: Search; most: number },
): Promise<number[]> {
  const { match, terms } = search;
  const scores = new Map((await selectHits(ctx, { match, most })).map((seq) => [seq, 0]));
  for (const { match: term, weight } of terms) {
    for (const seq of await selectHits(ctx, { match, term, most })) {
      const score = scores.get(seq);
      if (score !== undefined) scores.set(seq, score + weight);
    }
  }
  return [...scores].sort(([a, x], [b, y]) => y - x || b - a).map(([seq]) => seq);
}
