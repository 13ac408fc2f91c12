import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import {
  allInOrder,
  type Before,
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
import { seqsOf, type Way } from "./store-ways.ts";

export interface ListQuery {
  readonly wanted: Wanted;
  readonly sort: Sort;
  readonly before: Before;
  readonly limit: number;
}

/**
 * How far one look goes. An entry of an index takes some 0.1 us, a row 0.3 where they lie side by side and 1.5 where
 * they don't: none of these takes more than 8 ms.
 */
export const MOST = {
  /** Of so many all are read and sorted for a page at once. */
  few: 1500,
  /** Of so many they are when a page is not found near; to look near they are kept at hand to know its entries by. */
  sorted: 6000,
  /** Rows that are looked at in the order of a narrower index first, and of so many such indexes. */
  ahead: 1000,
  ways: 3,
  /** Entries of all tickets in the order of a time: first, then further. */
  near: 15_000,
  walked: 45_000,
  /** Entries between two times of the other order that are sorted. */
  ranged: 60_000,
  /** Rows that are looked at of those. */
  rows: 5000,
  /** Seqs of two kinds that are compared; of one kind those that are kept at hand to know its entries by, further on. */
  common: 30_000,
  /** Entries that are looked at to count. */
  counted: 60_000,
} as const;

/** A ticket's `seq` and its time when it was looked at. */
export interface Hit {
  readonly hit: number;
  readonly k: number;
}

/** What a look found, in order, and the last one that it saw where it ended before it found enough: others may follow. */
export interface Look {
  readonly hits: readonly Hit[];
  readonly lookedTo: Before;
}

/** How many tickets each way leads to, counted to one more than `most`. */
export async function countsOf(at: Ctx, ways: readonly Way[], most: number): Promise<number[]> {
  if (ways.length === 0) return [];
  const counts = ways.map((way) => sql`(select count(*) from (${seqsOf(way)} limit ${most + 1}))`);
  const row = await at.db.get<{ counts: string }>(
    sql`select json_array(${sql.join(counts, sql`, `)}) as counts`,
  );
  return numbers(row?.counts ?? "[]");
}

/** The ways to no more than `most`, from the one to the fewest on. */
export function narrowest(
  ways: readonly Way[],
  counts: readonly number[],
  most: number,
): { way: Way; count: number }[] {
  return ways.map((way, place) => ({ way, count: counts[place] ?? Infinity }))
    .filter(({ count }) => count <= most).sort((a, b) => a.count - b.count);
}

/** Safe because json_array over counts gives nothing but integers. */
function numbers(json: string): number[] {
  return JSON.parse(json) as number[];
}

export const earlier = (before: Before, [k, hit]: readonly [SQL, SQL]) =>
  before === null ? sql`` : sql` and (${k}, ${hit}) < (${before.at}, ${before.seq})`;

/** Tickets by `hit` in the order of `k`. */
export interface Entries {
  readonly entries: SQL;
  /** What is asked of their rows. */
  readonly left: Wanted;
  /** Where the look ends before it found enough: after so many of these. */
  readonly ends: readonly { readonly entries: SQL; readonly most: number }[];
  /** They are all read before their rows are: once, where a look that finds little would read them again for its end. */
  readonly readFirst?: boolean;
}

/**
 * The outer walk is in the order of the inner one: no sort, so it ends early. Where it ended is asked in the same
 * statement: a change in between would move the end beyond what was looked at, and a ticket would be skipped.
 */
export async function lookAlong(
  at: Ctx,
  { entries, left, ends, readFirst = false }: Entries,
  limit: number,
): Promise<Look> {
  const first = readFirst && !isNothing(left);
  const those = first ? sql`looked` : sql`(${entries})`;
  const page = isNothing(left)
    ? sql`select hit, k from ${those} limit ${limit}`
    : sql`select hit, k from ${those} cross join ${NAME} on tickets.seq = hit
      where ${conditions(at, left)} limit ${limit}`;
  const lasts = ends.map(({ entries: along, most }) =>
    sql` union all select hit, k, 1 as ended from (select hit, k from ${
      along === entries ? those : sql`(${along})`
    }
      limit (select count(*) < ${limit} from page) offset ${most - 1})`
  );
  const rows = await at.db.all<Hit & { ended: number }>(
    sql`with ${
      first ? sql`looked(hit, k) as materialized (${entries}), ` : sql``
    }page(hit, k) as materialized (${page})
      select hit, k, 0 as ended from page${sql.join(lasts)}`,
  );
  const [end] = rows.filter(({ ended }) => ended === 1).sort((a, b) => b.k - a.k || b.hit - a.hit);
  return {
    hits: rows.filter(({ ended }) => ended === 0).map(({ hit, k }) => ({ hit, k })),
    lookedTo: end === undefined ? null : { at: end.k, seq: end.hit },
  };
}

/** The one where it ended; null: that was the end of all. */
export async function lastOf(at: Ctx, entries: SQL, most: number): Promise<Before> {
  const last = await at.db.get<{ hit: number; k: number }>(
    sql`select hit, k from (${entries}) limit 1 offset ${most - 1}`,
  );
  return last === undefined ? null : { at: last.k, seq: last.hit };
}

/** What is known of a list, or is asked for once when a look needs it. */
export interface Known {
  readonly ways: readonly Way[];
  /** How many tickets each way leads to, to one more than `MOST.sorted`. */
  readonly few: () => Promise<number[]>;
  /** The same to one more than `MOST.common`. */
  readonly many: () => Promise<number[]>;
  readonly changed: () => Promise<Sort | null>;
}

interface Over {
  readonly known: Known;
  readonly isFar: boolean;
  /** What is wanted is expected soon: then not all that a look goes over is read first. */
  readonly isDense: boolean;
}

/** All tickets in the order of a time: their entries say what most lists ask for. */
export async function lookOver(
  at: Ctx,
  query: ListQuery,
  { known, isFar, isDense }: Over,
): Promise<Look> {
  const { wanted, sort, before, limit } = query;
  const walked = isFar ? MOST.walked : MOST.near;
  const { kept, left } = await besides(wanted, { known, isFar });
  const most = isNothing(left) ? limit : MOST.rows;
  const changed = await known.changed();
  const { column } = timesOf(sort);
  const walk = changed === null
    ? sql`${allInOrder(at, { wanted, sort, before, most: walked })}${kept} limit ${most}`
    : sql`${allInOrder(at, { wanted, sort: changed, before: null, most: MOST.ranged })}${kept}
      ${earlier(before, [sql`w.${column}`, sql`w.seq`])} order by w.${column} desc, w.seq desc limit ${most}`;
  const entries = sql`select w.seq as hit, w.${column} as k from ${walk}`;
  const ends = [
    ...(isNothing(left) ? [] : [{ entries, most }]),
    ...(changed === null ? [{ entries: entryAt(at, query, walked), most: walked }] : []),
  ];
  return await lookAlong(at, { entries, left, ends, readFirst: !isDense }, limit);
}

/** The other time, when what is wanted of it lies between two times and is not too much to be sorted by its entries. */
export async function inRange(at: Ctx, { wanted, sort }: ListQuery): Promise<Sort | null> {
  const other = sort === "created" ? "updated" : "created";
  if (isNothing(only(wanted, rangeOf(other)))) return null;
  const entries = entryAt(
    at,
    { wanted: only(wanted, rangeOf(other)), sort: other, before: null },
    MOST.ranged,
  );
  return await lastOf(at, entries, MOST.ranged) === null ? other : null;
}

/** What the entries don't say: the narrowest of it is kept at hand where it is not too much, the rest asked of rows. */
async function besides(
  wanted: Wanted,
  { known: { ways, few, many }, isFar }: Pick<Over, "known" | "isFar">,
): Promise<{ kept: SQL; left: Wanted }> {
  const left = others(wanted, HELD);
  if (!ways.some(({ beside }) => beside)) return { kept: sql``, left };
  const narrow = isFar
    ? narrowest(ways, await many(), MOST.common)
    : narrowest(ways, await few(), MOST.sorted);
  const least = narrow.find(({ way }) => way.beside);
  if (least === undefined) return { kept: sql``, left };
  const { way } = least;
  return { kept: sql` and w.seq in (${seqsOf(way)})`, left: others(way.left, HELD) };
}
