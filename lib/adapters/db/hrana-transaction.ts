import type { InArgs, ResultSet } from "@libsql/client";
import { busy } from "./faults.ts";
import type { Connection } from "./connection.ts";
import type { FileDatabase } from "./file.ts";
import type { StreamLimits } from "./hrana-stream.ts";

export interface HranaTransactionOptions extends StreamLimits {
  readonly foreignKeys: boolean;
}

/**
 * An interactive transaction of another process. A writing one holds the writer alone, so it is ended when its client
 * stalls or takes too long; nothing of it is kept then.
 */
export class HranaTransaction {
  over = false;
  readonly #connection: Connection;
  readonly #limits: StreamLimits;
  readonly #end: (committed: boolean) => void;
  readonly #writes: boolean;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #most: ReturnType<typeof setTimeout> | undefined;
  #expired = false;

  private constructor(
    connection: Connection,
    { writes, limits, end }: { writes: boolean; limits: StreamLimits; end: (committed: boolean) => void },
  ) {
    this.#connection = connection;
    this.#writes = writes;
    this.#limits = limits;
    this.#end = end;
    if (writes) this.#most = setTimeout(() => this.#expire(), limits.transactionMaxMs);
    this.#touch();
  }

  /** Waits for its turn on the writer; throws AppError `busy` when that takes too long. */
  static write(database: FileDatabase, options: HranaTransactionOptions): Promise<HranaTransaction> {
    return new Promise((resolve, reject) => {
      const turn = (connection: Connection) => {
        if (!options.foreignKeys) connection.exec("pragma foreign_keys=off");
        connection.exec("begin immediate");
        return new Promise<void>((release) => {
          const end = (committed: boolean) => {
            if (connection.inTransaction) connection.exec("rollback");
            if (!options.foreignKeys) connection.exec("pragma foreign_keys=on");
            release();
            if (committed) database.foreignCommit();
          };
          resolve(new HranaTransaction(connection, { writes: true, limits: options, end }));
        });
      };
      database.turn(turn).catch(reject);
    });
  }

  /** Reads of one moment, on a connection of its own. */
  // deno-lint-ignore require-await -- the same shape as `write`
  static async read(database: FileDatabase, options: HranaTransactionOptions): Promise<HranaTransaction> {
    const connection = database.openReader();
    connection.exec("begin");
    return new HranaTransaction(connection, {
      writes: false,
      limits: options,
      end: () => connection.close(),
    });
  }

  execute(sql: string, args: InArgs): ResultSet {
    this.#check();
    return this.#guarded(() => this.#connection.execute(sql, args));
  }

  exec(sql: string): void {
    this.#check();
    this.#guarded(() => this.#connection.exec(sql));
  }

  async commit(): Promise<void> {
    this.#check();
    this.#stopTimers();
    this.over = true;
    try {
      if (this.#writes) await this.#connection.execOffThread("commit");
    } catch (thrown) {
      this.#end(false);
      throw thrown;
    }
    this.#end(this.#writes);
  }

  /** Rolls back; harmless when it is over. */
  abandon(): void {
    if (this.over) return;
    this.over = true;
    this.#stopTimers();
    this.#end(false);
  }

  /** A full disk or a ROLLBACK in a sequence ends the transaction: what follows must not be committed one by one. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } finally {
      if (this.#connection.inTransaction) this.#touch();
      else this.abandon();
    }
  }

  #check(): void {
    if (this.#expired) throw busy(undefined, "The transaction took too long and was rolled back");
    if (this.over) throw busy(undefined, "The transaction was rolled back");
  }

  #touch(): void {
    clearTimeout(this.#idle);
    if (this.#writes) this.#idle = setTimeout(() => this.#expire(), this.#limits.transactionIdleMs);
  }

  #expire(): void {
    this.#expired = true;
    this.abandon();
  }

  #stopTimers(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#most);
  }
}
