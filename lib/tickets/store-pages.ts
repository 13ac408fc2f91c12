import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import {
  countsOf,
  earlier,
  type Hit,
  inRange,
  type Known,
  lastOf,
  type ListQuery,
  type Look,
  lookAlong,
  lookOver,
  MOST,
  narrowest,
} from "./store-looks.ts";
import {
  allInOrder,
  conditions,
  entryAt,
  HELD,
  isNothing,
  NAME,
  only,
  others,
  rangeOf,
  type Sort,
  timesOf,
  type Wanted,
} from "./store-walks.ts";
import { commonOf, merged, onHand, seqsOf, type Way, waysTo } from "./store-ways.ts";

/** A page that lies in one index, in order and side by side; null: none has all that is wanted. */
export function inOneIndex(at: Ctx, { wanted, sort, before, limit }: ListQuery): SQL | null {
  if (isNothing(others(wanted, rangeOf(sort)))) {
    return sql`select w.seq as hit from ${allInOrder(at, { wanted, sort, before, most: limit })}`;
  }
  const way = waysInOrder(at, { wanted, sort, before }).find(({ left }) => isNothing(left));
  return way === undefined ? null : merged(way, { sort, most: limit });
}

type InOrder = Pick<ListQuery, "wanted" | "sort" | "before">;

function waysInOrder(at: Ctx, { wanted, sort, before }: InOrder): Way[] {
  if (sort === "created") return waysTo(at, wanted, before).filter((way) => way.sort === sort);
  const way = onHand(at, wanted, before);
  return way === null ? [] : [way];
}

/** A page of what no one index has in that order: by what costs least, then by what finds more. */
export async function lookFor(at: Ctx, query: ListQuery): Promise<Look> {
  const { wanted, sort, before, limit } = query;
  const ways = waysTo(at, wanted, sort === "created" ? before : null);
  const known = knownOf(at, query, ways);
  const [least] = narrowest(ways, await known.few(), MOST.sorted);
  if (least !== undefined && (least.count <= MOST.few || least.way.sort === sort)) {
    return await sortAll(at, query, least.way);
  }
  const { near, isWalked } = await lookNear(at, query, known);
  if (near.lookedTo === null) return near;
  const rest = { ...query, before: near.lookedTo, limit: limit - near.hits.length };
  // As dense as it was so far, the rest of the page lies half as far as a look goes.
  const isDense = isWalked && near.hits.length * MOST.walked > 2 * MOST.near * rest.limit;
  if (!isDense) {
    const narrow = narrowest(ways, await known.many(), MOST.common);
    const whole = await lookInCommon(at, query, narrow) ??
      (least === undefined ? null : await sortAll(at, query, least.way));
    if (whole !== null) return whole;
    const along = narrow.find(({ way }) => way.sort === sort);
    if (along !== undefined) return joined(near, await lookOn(at, rest, ways.indexOf(along.way)));
  }
  return joined(near, await lookOver(at, rest, { known, isFar: true, isDense }));
}

/** What several looks at one list have to know, asked for once. */
function knownOf(at: Ctx, query: ListQuery, ways: readonly Way[]): Known {
  return {
    ways,
    few: once(() => countsOf(at, ways, MOST.sorted)),
    many: once(() => countsOf(at, ways, MOST.common)),
    changed: once(() => inRange(at, query)),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => asked ??= ask();
}

const joined = (near: Look, { hits, lookedTo }: Look): Look => ({ hits: [...near.hits, ...hits], lookedTo });

/** Further along a narrow index in that order: a row of it is worth many entries of all tickets. */
async function lookOn(at: Ctx, { wanted, sort, before, limit }: ListQuery, place: number): Promise<Look> {
  const way = waysTo(at, wanted, before)[place];
  if (way === undefined) return { hits: [], lookedTo: before };
  const entries = merged(way, { sort, most: MOST.rows });
  return await lookAlong(at, { entries, left: way.left, ends: [{ entries, most: MOST.rows }] }, limit);
}

/** What is common is among the first ones: of a narrower index in that order, or of all tickets. The furthest look counts. */
async function lookNear(
  at: Ctx,
  query: ListQuery,
  known: Known,
): Promise<{ near: Look; isWalked: boolean }> {
  const { sort, limit } = query;
  let furthest: Look | null = null;
  for (const way of waysInOrder(at, query).slice(0, MOST.ways)) {
    const entries = merged(way, { sort, most: MOST.ahead });
    const ends = [{ entries, most: MOST.ahead }];
    const look = await lookAlong(at, { entries, left: way.left, ends }, limit);
    if (look.lookedTo === null) return { near: look, isWalked: false };
    if (isFurther(look, furthest)) furthest = look;
  }
  const end = furthest && await lastOf(at, entryAt(at, query, MOST.near), MOST.near);
  if (furthest !== null && end !== null && isFurther(furthest, { hits: [], lookedTo: end })) {
    return { near: furthest, isWalked: false };
  }
  return { near: await lookOver(at, query, { known, isFar: false, isDense: true }), isWalked: true };
}

function isFurther({ lookedTo }: Look, other: Look | null): boolean {
  return lookedTo === null || other === null || (other.lookedTo !== null && lookedTo.at < other.lookedTo.at);
}

/** What two narrow indexes have in common; null: there are no two, or it is too much to sort. */
async function lookInCommon(
  at: Ctx,
  query: ListQuery,
  [one, other]: readonly { readonly way: Way }[],
): Promise<Look | null> {
  if (one === undefined || other === undefined) return null;
  const { seqs, left } = commonOf(one.way, other.way);
  const few = await at.db.all<{ seq: number }>(sql`${seqs} limit ${MOST.few + 1}`);
  if (few.length > MOST.few) return null;
  return await sortThese(
    at,
    query,
    sql`select value as seq from json_each(${JSON.stringify(few.map(({ seq }) => seq))})`,
    left,
  );
}

async function sortAll(at: Ctx, query: ListQuery, way: Way): Promise<Look> {
  const { sort, limit } = query;
  if (way.sort !== sort) return await sortThese(at, query, seqsOf(way), way.left);
  // All of them: a change since they were counted may have made them more.
  return await lookAlong(at, { entries: merged(way, { sort, most: -1 }), left: way.left, ends: [] }, limit);
}

async function sortThese(
  at: Ctx,
  { sort, before, limit }: ListQuery,
  seqs: SQL,
  left: Wanted,
): Promise<Look> {
  const key = sql`tickets.${timesOf(sort).column}`;
  const hits = await at.db.all<Hit>(
    sql`select tickets.seq as hit, ${key} as k from (${seqs}) as one cross join ${NAME} on tickets.seq = one.seq
      where ${conditions(at, left)}${earlier(before, [key, sql`tickets.seq`])}
      order by ${key} desc, tickets.seq desc limit ${limit}`,
  );
  return { hits, lookedTo: null };
}

/** How many there are, counted to `most`, and whether all were looked at. */
export interface Counting {
  readonly count: number;
  readonly whole: boolean;
}

/** A range of changes alone is counted in their order: in the other one it may lie behind everything else. */
function orderToCount(wanted: Wanted): Sort {
  const isAsked = (sort: Sort) => !isNothing(only(wanted, rangeOf(sort)));
  return isAsked("updated") && !isAsked("created") ? "updated" : "created";
}

/** How many tickets there are of a kind. What is rare among very many is counted as far as a look goes. */
export async function countTickets(
  at: Ctx,
  { wanted, most }: { wanted: Wanted; most: number },
): Promise<Counting> {
  const query = { wanted, sort: orderToCount(wanted), before: null };
  const whole = inOneIndex(at, { ...query, limit: most });
  if (whole !== null) return { count: await countOf(at, whole), whole: true };
  const ways = waysTo(at, wanted);
  const one = ways.find(({ left }) => isNothing(left));
  if (one !== undefined) return { count: await countOf(at, sql`${seqsOf(one)} limit ${most}`), whole: true };
  const [least] = narrowest(ways, await countsOf(at, ways, MOST.sorted), MOST.sorted);
  if (least !== undefined) {
    const rows = sql`select 1 from (${seqsOf(least.way)}) as one cross join ${NAME} on tickets.seq = one.seq
      where ${conditions(at, least.way.left)}`;
    return { count: await countOf(at, rows), whole: true };
  }
  const left = others(wanted, HELD);
  const rows = isNothing(left) ? most : MOST.rows;
  const entries = sql`select w.seq as hit, w.created_at as k
    from ${allInOrder(at, { ...query, most: MOST.counted })} limit ${rows}`;
  const count = await countOf(
    at,
    isNothing(left)
      ? entries
      : sql`select 1 from (${entries}) cross join ${NAME} on tickets.seq = hit where ${conditions(at, left)}`,
  );
  const ended = !isNothing(left) && await lastOf(at, entries, rows) !== null ||
    await lastOf(at, entryAt(at, query, MOST.counted), MOST.counted) !== null;
  return { count, whole: !ended };
}

async function countOf(at: Ctx, rows: SQL): Promise<number> {
  const row = await at.db.get<{ n: number }>(sql`select count(*) as n from (${rows})`);
  return row?.n ?? 0;
}
