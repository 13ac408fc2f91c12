import type { Ctx } from "../context.ts";
import { encodeCursor, type Page, type PageRequest } from "../kernel/page.ts";
import { COUNTED, counted, fromCursor, pageOf, type TicketPage } from "./paging.ts";
import { type TicketView, ticketView } from "./present.ts";
import { isBehind, rankHits } from "./rank.ts";
import type { SORTS } from "./schemas.ts";
import { type Found, type Listed, selectBySeq, selectMatching, selectNumbered } from "./store-list.ts";
import { countMatches } from "./store-search.ts";
import type { Before, Wanted } from "./store-walks.ts";
import { numberOf, type Search } from "./words.ts";

interface Searching extends PageRequest {
  readonly q: string;
  readonly search: Search | null;
  readonly sort: typeof SORTS[number];
  readonly wanted: Wanted;
}

/** What has the words; the ticket of that number, if the words are one, comes before all of them. */
export async function searchTickets(ctx: Ctx, { q, search, ...asked }: Searching): Promise<TicketPage> {
  const { sort, wanted, limit, cursor } = asked;
  const from = fromCursor(cursor, sort === "relevance" ? ["relevance", "newest"] : ["newest"]);
  const number = numberOf(q);
  const [exact] = number === null ? [] : await selectNumbered(ctx, { number, wanted });
  const except = exact?.seq ?? null;
  const hits = search === null
    ? { count: 0, more: false }
    : counted(await countMatches(ctx, { match: search.match, most: COUNTED + 1, except }));
  // A search goes on as it began, whatever came in since.
  const order = from?.order ?? (sort === "relevance" && !hits.more ? "relevance" : "newest");
  const found = {
    count: Math.min(COUNTED, hits.count + Number(exact !== undefined)),
    more: hits.more,
    order,
  } as const;
  const first = exact === undefined || from !== null ? [] : [ticketView(exact, ctx.now())];
  const room = limit - first.length;
  const rest = search === null
    ? NO_PAGE
    : room === 0
    ? { data: [], next_cursor: hits.count === 0 ? null : encodeCursor([order, ...BEGINNING]) }
    : await pageOfWords(ctx, { search, order, wanted, from, limit: room, except });
  return { data: [...first, ...rest.data], next_cursor: rest.next_cursor, total: null, search: found };
}

const NO_PAGE: Page<TicketView> = { data: [], next_cursor: null };
/** The keys of a page before which there is none. */
const BEGINNING = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;

interface Words {
  readonly search: Search;
  readonly order: "newest" | "relevance";
  readonly wanted: Wanted;
  readonly from: Before;
  readonly limit: number;
  /** One that was shown already. */
  readonly except: number | null;
}

async function pageOfWords(ctx: Ctx, words: Words): Promise<Page<TicketView>> {
  const { search: { match }, order, wanted, from, limit, except } = words;
  const listed = order === "relevance"
    ? await selectRanked(ctx, words)
    : await selectMatching(ctx, { match, wanted, before: from?.seq ?? null, limit: limit + 1, except });
  return pageOf(ctx, { listed, order, limit });
}

/** Walks the ranked rows until a page of them passes the other filters. */
async function selectRanked(ctx: Ctx, { search, wanted, from, limit, except }: Words): Promise<Listed> {
  const last = from === null ? null : { score: from.at, seq: from.seq };
  const ranked = (await rankHits(ctx, { search, most: COUNTED }))
    .filter((one) => one.seq !== except && (last === null || isBehind(one, last)));
  const found: Found[] = [];
  const filtered = Object.values(wanted).some((value) => value !== undefined);
  const turn = filtered ? CHUNK : limit + 1;
  for (let at = 0; at < ranked.length && found.length <= limit; at += turn) {
    const chunk = ranked.slice(at, at + turn);
    const seqs = chunk.map(({ seq }) => seq);
    const rows = new Map((await selectBySeq(ctx, { seqs, wanted })).map((row) => [row.seq, row]));
    for (const { score, seq } of chunk) {
      const row = rows.get(seq);
      if (row !== undefined) found.push({ at: score, seq, row });
    }
  }
  return { found, lookedTo: null };
}

const CHUNK = 500;
