import type { ResultSet } from "@libsql/client";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";

/** Drizzle over libSQL: what stores query. The database and a transaction have this one type. */
export type Db = BaseSQLiteDatabase<"async", ResultSet, Record<string, never>>;

/**
 * The database. On a file it is our own client with group commit; elsewhere libSQL over HTTP. A busy database is
 * retried inside with a bound, then thrown as AppError `busy`; a full one as `storage_full`.
 */
export interface Database {
  readonly kind: "file" | "remote";
  /** For reads, and for single statements that are atomic by themselves. */
  readonly db: Db;
  /**
   * Runs `work` in one write transaction and resolves when it is durable. On a remote database what is asked for in
   * one turn of the loop is one round trip, and blind writes (db/statement.ts) go along with the next one. Only the database may be awaited
   * inside; anything else is refused, because the whole commit group would wait for it.
   */
  transact<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  /** One trivial read; resolves to its latency in milliseconds. */
  ping(): Promise<number>;
  /** Commit groups and the transactions in them, since the start; a file's alone knows. */
  stats?(): { readonly groups: number; readonly members: number };
  /** Called after every commit of another process through this owner (Hrana), so that local waiters look again. */
  onForeignCommit(listener: () => void): () => void;
  close(): Promise<void>;
}
