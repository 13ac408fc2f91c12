import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../lib/ports/db.ts";

/** Where the id of something stands that may go into another of its kind. */
export interface Place {
  readonly table: string;
  readonly column: string;
  /** `key`: what the other has there already wins, and the rest goes. `text`: the id stands within JSON. */
  readonly as?: "key" | "text";
  /** As the index says by which its rows are found, word for word. */
  readonly only?: string;
  /** The row's own words of a change, for who follows it: its time, its version. */
  readonly marks?: readonly ("updated_at" | "changed_at" | "version")[];
}

interface At {
  readonly db: Db;
  readonly workspaceId: string;
  now(): number;
}

interface Move {
  readonly from: string;
  readonly into: string;
}

/** Makes one id another in all of the places. */
export async function moveId(
  tx: At,
  { places, ...move }: Move & { readonly places: readonly Place[] },
): Promise<void> {
  for (const place of places) await moveAt(tx, { ...place, ...move });
}

/** Makes one id another in at most so many rows of a place; resolves to how many they were, with those that went. */
export async function moveAt(
  tx: At,
  { table, column, as, only, marks = [], from, into, most = -1 }: Place & Move & { readonly most?: number },
): Promise<number> {
  const [of, at] = [sql.identifier(table), sql.identifier(column)];
  const set = [as === "text" ? sql`${at} = replace(${at}, ${from}, ${into})` : sql`${at} = ${into}`];
  for (const mark of marks) set.push(sql`${sql.identifier(mark)} = ${markOf(mark, tx.now())}`);
  const theirs = sql`workspace_id = ${tx.workspaceId} and ${
    as === "text" ? sql`instr(${at}, ${from}) > 0` : sql`${at} = ${from}`
  }${only === undefined ? sql`` : sql` and ${sql.raw(only)}`}`;
  const some = sql`select rowid as id from ${of} where ${theirs} limit ${most}`;
  const changes = sql.join(set, sql`, `);
  if (as !== "key") {
    return (await tx.db.run(sql`update ${of} set ${changes} where rowid in (${some})`)).rowsAffected;
  }
  // Named first: what could not move stays as it was, and so do those whose turn comes later.
  const ids = (await tx.db.all<{ id: number }>(some)).map(({ id }) => id);
  const these = sql`rowid in (select value from json_each(${JSON.stringify(ids)}))`;
  await tx.db.run(sql`update or ignore ${of} set ${changes} where ${these}`);
  await tx.db.run(sql`delete from ${of} where ${these} and ${theirs}`);
  return ids.length;
}

function markOf(mark: NonNullable<Place["marks"]>[number], now: number): SQL {
  return mark === "version" ? sql`version + 1` : sql`${now}`;
}
