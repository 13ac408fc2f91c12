import type { Client, Transaction } from "@libsql/client";
import { LibSQLDatabase } from "drizzle-orm/libsql/driver-core";
import { LibSQLSession, LibSQLTransaction } from "drizzle-orm/libsql/session";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core/dialect";
import type { Db } from "../../ports/db.ts";

type NoSchema = Record<string, never>;
type Queried = {
  queryWithCache: (sql: string, params: unknown, query: () => Promise<unknown>) => Promise<unknown>;
};

/**
 * Drizzle's session without its cache layer, which wraps every error in one that carries the statement's values in
 * its message. So a caller sees the AppError itself, and no value reaches a log.
 */
class Session extends LibSQLSession<NoSchema, NoSchema> {
  override prepareQuery: LibSQLSession<NoSchema, NoSchema>["prepareQuery"] = (...args) => {
    const prepared = LibSQLSession.prototype.prepareQuery.apply(this, args);
    return Object.assign(prepared, { queryWithCache: direct } satisfies Queried);
  };
}

const direct: Queried["queryWithCache"] = (_sql, _params, query) => query();
const dialect = new SQLiteAsyncDialect();

/** Drizzle on a libSQL client. */
export function drizzleOn(client: Client): Db {
  const session = new Session(client, dialect, undefined, {}, undefined);
  return new LibSQLDatabase("async", dialect, session, undefined);
}

/** Drizzle within a transaction that somebody else opened and will end. */
export function drizzleWithin(client: Client, transaction: Transaction): Db {
  const session = new Session(client, dialect, undefined, {}, transaction);
  return new LibSQLTransaction<NoSchema, NoSchema>("async", dialect, session, undefined);
}
