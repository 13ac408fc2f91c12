import type { Ctx } from "../context.ts";
import { standingsAt, thereAt } from "../tickets/mod.ts";
import type { Watch } from "./store-watches.ts";

const PAGE = 500;

/**
 * Since when tickets were as they were at a time: those of which anything may come after it. `complete`: false when
 * there are more than `limit`.
 */
export async function watchesAt(
  ctx: Ctx,
  { time, limit }: { time: number; limit: number },
): Promise<{ watches: Watch[]; complete: boolean }> {
  const ids = await thereAt(ctx, { time, limit: limit + 1 });
  const watches: Watch[] = [];
  for (let from = 0; from < Math.min(ids.length, limit); from += PAGE) {
    ctx.signal?.throwIfAborted();
    const ticketIds = ids.slice(from, Math.min(from + PAGE, limit));
    for (const [ticketId, standing] of await standingsAt(ctx, { ticketIds, time })) {
      watches.push({ ...standing, ticketId, seenSeq: 0 });
    }
  }
  return { watches, complete: ids.length <= limit };
}
