import type { output } from "zod";
import { standingId } from "../clients/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { invalid, there } from "../kernel/errors.ts";
import { decodeCursor, encodeCursor, type Page, type PageRequest, timeKey, toPage } from "../kernel/page.ts";
import { given } from "../kernel/given.ts";
import { findView } from "./presets.ts";
import { LIVE_STATES } from "./policy.ts";
import { type TicketView, ticketView } from "./present.ts";
import { rankHits } from "./rank.ts";
import { settingsOf } from "./settings.ts";
import { selectDesk } from "./store-desk.ts";
import { SORTS, type TicketFilter, ticketFilter, type TicketState } from "./schemas.ts";
import { selectBySeq, selectMatching, selectNumbered, selectTickets } from "./store-list.ts";
import { countTickets } from "./store-pages.ts";
import type { Wanted } from "./store-walks.ts";
import { countMatches } from "./store-search.ts";
import type { TicketRow } from "./store.ts";
import { numberOf, type Search, searchOf } from "./words.ts";

/** Counting further tells nobody anything, and takes time. */
export const COUNTED = 10_000;

/** A count to 10,000; `more`: there are still others, or what is rare among very many was not looked for to the end. */
export interface Count {
  readonly count: number;
  readonly more: boolean;
}

export interface TicketPage extends Page<TicketView> {
  /** Where it was asked for. */
  readonly total: Count | null;
  /** Of a search: how many tickets have the words, and in which order they are; null: no words were given. */
  readonly search: (Count & { readonly order: "newest" | "relevance" }) | null;
}

export interface TicketQuery extends PageRequest {
  readonly withTotal?: boolean | undefined;
}

/**
 * Tickets, the newest first. With words: those that have all of them in any inflection; by relevance while there are
 * at most 10,000, else the newest, and `search.order` says which it was.
 */
export async function listTickets(ctx: Ctx, query: TicketQuery & TicketFilter): Promise<TicketPage> {
  requireScope(ctx, "tickets:read");
  const { limit, cursor, withTotal = false, ...asked } = query;
  const { q, sort = "created", ...filter } = await filterOf(ctx, ticketFilter.parse(asked));
  if (filter.custom !== undefined) await requireFields(ctx, Object.keys(filter.custom));
  const wanted = wantedOf({ ...filter, client_id: await standingId(ctx, filter.client_id) });
  if (q !== undefined && q !== "") {
    const search = searchOf(q);
    return await searchTickets(ctx, { q, search, sort, wanted, limit, cursor });
  }
  if (sort === "relevance") throw invalid("sort", "relevance needs words: give q");
  const keys = cursor === undefined ? null : decodeCursor(cursor, 2);
  const before = keys === null ? null : { at: timeKey(keys[0]), seq: timeKey(keys[1]) };
  const { rows, lookedTo } = await selectTickets(ctx, { wanted, sort, before, limit: limit + 1 });
  const keysOf = (row: TicketRow) => [sort === "created" ? row.createdAt : row.updatedAt, row.seq];
  return {
    ...toPage(rows, {
      limit,
      keysOf,
      toDto: (row) => ticketView(row, ctx.now()),
      lookedTo: lookedTo === null ? null : [lookedTo.at, lookedTo.seq],
    }),
    total: withTotal ? await countOf(ctx, wanted) : null,
    search: null,
  };
}

/** What is asked for, over what the view says that is named. Throws 422 for a view that is not there. */
async function filterOf(ctx: Ctx, asked: Asked): Promise<Asked> {
  if (asked.view === undefined) return asked;
  const view = there("view", await findView(ctx, asked.view));
  return { ...ticketFilter.parse(view.filter), ...given(asked) };
}

/** Throws 422 for a custom field that the desk does not have. */
async function requireFields(ctx: Ctx, keys: readonly string[]): Promise<void> {
  const known = new Set(settingsOf(await selectDesk(ctx)).fields.map(({ key }) => key));
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined) throw invalid(`custom.${unknown}`, "there is no such field");
}

/** How many there are, counted to 10,000. */
export async function countOf(ctx: Ctx, wanted: Wanted): Promise<Count> {
  const { count, whole } = await countTickets(ctx, { wanted, most: COUNTED + 1 });
  const capped = counted(count);
  return { count: capped.count, more: capped.more || !whole };
}

export function counted(count: number): Count {
  return { count: Math.min(count, COUNTED), more: count > COUNTED };
}

type Asked = output<typeof ticketFilter>;
type Filter = Omit<Asked, "q" | "sort">;

/** The wire's filter as the store takes it. */
export function wantedOf(filter: Filter): Wanted {
  const time = (text: string | undefined) => text === undefined ? undefined : Date.parse(text);
  const states = filter.state?.flatMap((one): readonly TicketState[] => one === "live" ? LIVE_STATES : [one]);
  return {
    states: states === undefined ? undefined : [...new Set(states)],
    priorities: filter.priority,
    contactId: filter.contact_id,
    conversationId: filter.conversation_id,
    label: filter.label,
    assigneeId: filter.assignee_id === "none" ? null : filter.assignee_id,
    teamId: filter.team_id,
    clientId: filter.client_id,
    categoryId: filter.category_id,
    createdFrom: time(filter.created_from),
    createdTo: time(filter.created_to),
    updatedFrom: time(filter.updated_from),
    updatedTo: time(filter.updated_to),
    overdue: filter.overdue,
    custom: filter.custom === undefined
      ? undefined
      : Object.entries(filter.custom).map(([key, value]) => ({ key, value })),
    mood: filter.mood,
  };
}

interface Searching extends PageRequest {
  readonly q: string;
  readonly search: Search | null;
  readonly sort: typeof SORTS[number];
  readonly wanted: Wanted;
}

/** What has the words; the ticket of that number, if the words are one, comes before all of them. */
async function searchTickets(ctx: Ctx, { q, search, ...asked }: Searching): Promise<TicketPage> {
  const { wanted, limit, cursor } = asked;
  const key = cursor === undefined ? null : timeKey(decodeCursor(cursor, 1)[0]);
  const number = numberOf(q);
  const [exact] = number === null ? [] : await selectNumbered(ctx, { number, wanted });
  const except = exact?.seq ?? null;
  const hits = search === null
    ? { count: 0, more: false }
    : counted(await countMatches(ctx, { match: search.match, most: COUNTED + 1, except }));
  const order = asked.sort === "relevance" && !hits.more ? "relevance" : "newest";
  const found = {
    count: Math.min(COUNTED, hits.count + Number(exact !== undefined)),
    more: hits.more,
    order,
  } as const;
  const first = exact === undefined || key !== null ? [] : [ticketView(exact, ctx.now())];
  const room = limit - first.length;
  const rest = search === null
    ? NO_PAGE
    : room === 0
    ? { data: [], next_cursor: hits.count === 0 ? null : encodeCursor([BEGINNING[order]]) }
    : await pageOfWords(ctx, { search, order, wanted, key, limit: room, except });
  return { data: [...first, ...rest.data], next_cursor: rest.next_cursor, total: null, search: found };
}

const NO_PAGE: Page<TicketView> = { data: [], next_cursor: null };
/** The key of a page before which there is none. */
const BEGINNING = { relevance: 0, newest: Number.MAX_SAFE_INTEGER } as const;

interface Words {
  readonly search: Search;
  readonly order: keyof typeof BEGINNING;
  readonly wanted: Wanted;
  readonly key: number | null;
  readonly limit: number;
  /** One that was shown already. */
  readonly except: number | null;
}

async function pageOfWords(
  ctx: Ctx,
  { search, order, wanted, key, limit, except }: Words,
): Promise<Page<TicketView>> {
  if (order === "relevance") {
    const ranked = (await rankHits(ctx, { search, most: COUNTED })).filter((seq) => seq !== except);
    return await pageOfRanked(ctx, { ranked, wanted, from: key ?? 0, limit });
  }
  const { match } = search;
  const { rows, lookedTo } = await selectMatching(ctx, {
    match,
    wanted,
    before: key,
    limit: limit + 1,
    except,
  });
  return toPage(rows, {
    limit,
    keysOf: ({ seq }) => [seq],
    toDto: (row) => ticketView(row, ctx.now()),
    lookedTo,
  });
}

/** Walks the ranked rows until a page of them passes the other filters. */
async function pageOfRanked(
  ctx: Ctx,
  { ranked, wanted, from, limit }: { ranked: readonly number[]; wanted: Wanted; from: number; limit: number },
): Promise<Page<TicketView>> {
  const found: { row: TicketRow; at: number }[] = [];
  const filtered = Object.values(wanted).some((value) => value !== undefined);
  const turn = filtered ? CHUNK : limit + 1;
  for (let at = Math.max(0, Math.trunc(from)); at < ranked.length && found.length <= limit; at += turn) {
    const chunk = ranked.slice(at, at + turn);
    const rows = new Map((await selectBySeq(ctx, { seqs: chunk, wanted })).map((row) => [row.seq, row]));
    chunk.forEach((seq, offset) => {
      const row = rows.get(seq);
      if (row !== undefined) found.push({ row, at: at + offset });
    });
  }
  return toPage(found, {
    limit,
    keysOf: ({ at }) => [at + 1],
    toDto: ({ row }) => ticketView(row, ctx.now()),
  });
}

const CHUNK = 500;
