import type { Client, Transaction } from "@libsql/client";
import { NoopCache } from "drizzle-orm/cache/core";
import { LibSQLDatabase } from "drizzle-orm/libsql/driver-core";
import { type LibSQLPreparedQuery, LibSQLSession, LibSQLTransaction } from "drizzle-orm/libsql/session";
import { NoopLogger } from "drizzle-orm/logger";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core/dialect";
import type { PreparedQueryConfig } from "drizzle-orm/sqlite-core";
import type { Db } from "../../ports/db.ts";
import { PreparedQuery } from "./drizzle-query.ts";

type NoSchema = Record<string, never>;
type Sessions = LibSQLSession<NoSchema, NoSchema>;

const dialect = new SQLiteAsyncDialect();
const logger = new NoopLogger();
const cache = new NoopCache();

class Session extends LibSQLSession<NoSchema, NoSchema> {
  constructor(private readonly target: Client, private readonly transact: Transaction | undefined) {
    super(target, dialect, undefined, {}, transact);
  }

  override prepareQuery<T extends Omit<PreparedQueryConfig, "run">>(
    ...[query, fields, executeMethod, arrayMode, mapper]: Parameters<Sessions["prepareQuery"]>
  ): LibSQLPreparedQuery<T> {
    const { target, transact } = this;
    const plain = [target, query, logger, cache, undefined, undefined, fields, transact] as const;
    return typed<T>(new PreparedQuery(...plain, executeMethod, arrayMode, mapper));
  }

  override async transaction<T>(
    work: (tx: LibSQLTransaction<NoSchema, NoSchema>) => T | Promise<T>,
  ): Promise<T> {
    const transaction = await this.target.transaction("write");
    try {
      const result = await work(within(this.target, transaction));
      await transaction.commit();
      return result;
    } catch (thrown) {
      await transaction.rollback();
      throw thrown;
    }
  }
}

/** The row's type is known to the builder that asked, never to the query itself. */
function typed<T extends Omit<PreparedQueryConfig, "run">>(query: PreparedQuery): LibSQLPreparedQuery<T> {
  return query as unknown as LibSQLPreparedQuery<T>;
}

/** Drizzle on a libSQL client. */
export function drizzleOn(client: Client): Db {
  return new LibSQLDatabase("async", dialect, new Session(client, undefined), undefined);
}

/** Drizzle within a transaction that somebody else opened and will end. */
export function drizzleWithin(client: Client, transaction: Transaction): Db {
  return within(client, transaction);
}

function within(client: Client, transaction: Transaction): LibSQLTransaction<NoSchema, NoSchema> {
  return new LibSQLTransaction("async", dialect, new Session(client, transaction), undefined);
}
