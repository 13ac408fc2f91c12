import { sql } from "drizzle-orm";
import type { AtHand } from "../lib/kernel/at-hand.ts";
import type { Db } from "../lib/ports/db.ts";

interface Prepared {
  execute(values?: Record<string, unknown>): Promise<unknown>;
  /** Ours, beside drizzle's; see lib/adapters/db/drizzle-query.ts. */
  first(values?: Record<string, unknown>): unknown;
  blind(values?: Record<string, unknown>): Promise<void>;
  late(values?: Record<string, unknown>): Promise<() => unknown>;
  gather(row: readonly unknown[]): Promise<void>;
}

interface Session {
  readonly session: { tx?: unknown };
}

/** The same query with another transaction. Assigning beats a property descriptor: this runs for every statement. */
function within(prepared: Prepared, tx: unknown): Prepared {
  const bound = Object.create(prepared) as Prepared & Session["session"];
  bound.tx = tx;
  return bound;
}

const perDatabase = new WeakMap<object, Map<object, Prepared>>();

/** Drizzle keeps the session on the database and the running transaction on the session; both are private. */
function sessionOf(db: Db): Session["session"] {
  return (db as unknown as Session).session;
}

interface At {
  readonly db: Db;
  readonly ports: { readonly database: { readonly db: Db } };
}

type Build<R> = (db: Db) => {
  execute(values?: Record<string, unknown>): Promise<R>;
  get(values?: Record<string, unknown>): Promise<unknown>;
};

/** Every query of a database port is one of our PreparedQuery; drizzle's types don't know that. */
function ours(prepared: object): Prepared {
  return prepared as Prepared;
}

/** The statement for where it is to run: built at the first use, bound to the transaction if it runs in one. */
function ready<R>(build: Build<R>, at: At): Prepared {
  const root = at.ports.database.db;
  let built = perDatabase.get(root);
  if (built === undefined) perDatabase.set(root, built = new Map());
  let prepared = built.get(build);
  if (prepared === undefined) built.set(build, prepared = ours(build(root)));
  return at.db === root ? prepared : within(prepared, sessionOf(at.db).tx);
}

/**
 * A statement that is built once a database and run many times, in or out of a transaction (building one per
 * call costs drizzle 50 us). `build` uses `sql.placeholder`. Relies on two private fields of drizzle 0.45.4,
 * pinned and covered by tests/unit/db/statement.test.ts.
 */
export function statement<R>(build: Build<R>): (at: At, values?: Record<string, unknown>) => Promise<R> {
  return (at, values) => ready(build, at).execute(values) as Promise<R>;
}

/**
 * The same for a read of one row (more are not looked at): half the time of reading a list. A file answers, or throws,
 * at once.
 */
export function statementOne<T>(
  build: Build<T[]>,
): (at: At, values?: Record<string, unknown>) => AtHand<T | undefined> {
  return (at, values) => ready(build, at).first(values) as AtHand<T | undefined>;
}

/**
 * A write whose outcome nobody reads. Where a statement costs a round trip it travels with the next read or with the
 * COMMIT, and what goes wrong with it is thrown there: by `transact` at the latest.
 */
export function statementBlind(
  build: Build<unknown>,
): (at: At, values?: Record<string, unknown>) => Promise<void> {
  return (at, values) => ready(build, at).blind(values);
}

/** What a write gave. Asked before the commit it throws, wherever the write travels with that. */
export type Late<R> = () => R;

/** A write whose outcome is read after the commit only; it travels as `statementBlind` says. */
export function statementLate<R>(
  build: Build<R>,
): (at: At, values?: Record<string, unknown>) => Promise<Late<R>> {
  return (at, values) => ready(build, at).late(values) as Promise<Late<R>>;
}

/**
 * A row that nobody reads before the commit: those of all transactions that share one are written by one statement,
 * whose only placeholder is the JSON text of a list of them. If it fails, all of these fail.
 */
export function statementGathered(build: Build<unknown>): (at: At, row: readonly unknown[]) => Promise<void> {
  return (at, row) => ready(build, at).gather(row);
}

/** The same as `statementBlind` for a query that is built for one call. */
export async function blind(query: { prepare(): object }): Promise<void> {
  await ours(query.prepare()).blind();
}

/** `(…)` of an `in`: values of any number as one JSON text, so that the statement is the same for every number of them. */
export function listed(values: readonly string[]) {
  return sql`(select value from json_each(${JSON.stringify(values)}))`;
}
