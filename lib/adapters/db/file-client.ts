import { AsyncLocalStorage } from "node:async_hooks";
import type {
  Client,
  InArgs,
  InStatement,
  Replicated,
  ResultSet,
  Transaction,
  TransactionMode,
} from "@libsql/client";
import { AppError } from "../../kernel/errors.ts";
import type { Connection } from "./connection.ts";
import type { Handle } from "./handle.ts";
import { isBusy } from "./faults.ts";
import { TransactionMisuse } from "./misuse.ts";
import { ReadTransaction } from "./read-transaction.ts";
import { kindOf } from "./statement-kind.ts";
import type { TurnSnapshot } from "./turn-snapshot.ts";
import type { Writer } from "./writer.ts";

export interface FileClientOptions {
  readonly writer: Writer;
  /** Opens a reading connection. */
  readonly openReader: () => Connection;
  /** Suspended by the writer around its commits. */
  readonly snapshot: TurnSnapshot;
}

type Statement = InStatement | [string, InArgs?];

/** libSQL's Client over one file: reads at once on a reader, writes through the commit groups of the writer. */
export class FileClient implements Client {
  closed = false;
  readonly protocol = "file";
  readonly #writer: Writer;
  readonly #openReader: () => Connection;
  readonly #inside = new AsyncLocalStorage<Handle>();
  readonly #snapshot: TurnSnapshot;
  #reader: Connection;

  constructor({ writer, openReader, snapshot }: FileClientOptions) {
    this.#writer = writer;
    this.#snapshot = snapshot;
    this.#openReader = openReader;
    this.#reader = openReader();
  }

  // deno-lint-ignore require-await -- a failing statement must reject, not throw
  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    const { sql, args: given } = typeof statement === "string" ? { sql: statement, args } : statement;
    const work = (connection: Connection) => connection.execute(sql, given);
    return kindOf(sql) === "read" ? this.#read(work) : this.#write(sql, work);
  }

  /** The rows by position only. What only reads is answered, or thrown, at once. */
  values(sql: string, args: InArgs): unknown[][] | Promise<unknown[][]> {
    const work = (connection: Connection) => connection.values(sql, args);
    return kindOf(sql) === "read" ? this.#read(work) : this.#write(sql, work);
  }

  /** The first row by position only, in the same way. */
  first(sql: string, args: InArgs): unknown[] | undefined | Promise<unknown[] | undefined> {
    const work = (connection: Connection) => connection.first(sql, args);
    return kindOf(sql) === "read" ? this.#read(work) : this.#write(sql, work);
  }

  // deno-lint-ignore require-await -- a failing statement must reject, not throw
  async batch(statements: Statement[], _mode?: TransactionMode): Promise<ResultSet[]> {
    const list = statements.map(normal);
    const all = (connection: Connection) => list.map(({ sql, args }) => connection.execute(sql, args));
    if (list.some(({ sql }) => kindOf(sql) === "control")) throw new TransactionMisuse("TX_CONTROL");
    if (list.every(({ sql }) => kindOf(sql) === "read")) {
      return this.#read((reader) => ofOneMoment(reader, all));
    }
    this.#refuseInside();
    return this.#writer.run(all, { savepoint: true });
  }

  /**
   * Statements of a migration: one transaction with foreign keys off, so that a table can be rebuilt. What SQLite keeps
   * to undo a statement goes to disk: of an update of a million rows it is each page that they were in (4 GB).
   */
  // deno-lint-ignore require-await -- a failing statement must reject, not throw
  async migrate(statements: InStatement[]): Promise<ResultSet[]> {
    this.#refuseInside();
    return this.#writer.turn((connection) => {
      connection.exec("pragma foreign_keys=off");
      connection.exec("pragma temp_store=file");
      try {
        connection.exec("begin immediate");
        const results = statements.map(normal).map(({ sql, args }) => connection.execute(sql, args));
        connection.exec("commit");
        return results;
      } finally {
        if (connection.inTransaction) connection.exec("rollback");
        connection.exec("pragma temp_store=memory");
        connection.exec("pragma foreign_keys=on");
      }
    });
  }

  // deno-lint-ignore require-await -- a refusal must reject, not throw
  async transaction(mode: TransactionMode = "write"): Promise<Transaction> {
    if (mode === "read") return new ReadTransaction(this.#openReader());
    return this.begin();
  }

  /** Like `transaction("write")`, with what `transact` needs to end it from outside. */
  begin(): Promise<Handle> {
    this.#refuseInside();
    return this.#writer.begin();
  }

  /** Marks what `work` starts as inside of the transaction, so that a write past it can be refused. */
  inside<T>(handle: Handle, work: () => T): T {
    return this.#inside.run(handle, work);
  }

  // deno-lint-ignore require-await -- a refusal must reject, not throw
  async executeMultiple(sql: string): Promise<void> {
    this.#refuseInside();
    return this.#writer.turn((connection) => {
      connection.exec(sql);
      connection.forget();
      this.reconnect();
    });
  }

  sync(): Promise<Replicated> {
    return Promise.reject(new AppError("not_configured", "A file has no primary to sync with"));
  }

  /** A new reader: the old one would describe statements by the schema that it knew. */
  reconnect(): void {
    if (this.closed) return;
    this.#snapshot.drop();
    const old = this.#reader;
    this.#reader = this.#openReader();
    old.close();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#snapshot.drop();
    this.#reader.close();
  }

  // deno-lint-ignore require-await -- a refusal must reject, not throw
  async #write<T>(sql: string, work: (connection: Connection) => T): Promise<T> {
    this.#refuseInside();
    const kind = kindOf(sql);
    if (kind === "control" || kind === "savepoint") throw new TransactionMisuse("TX_CONTROL");
    if (kind === "solo") return this.#writer.turn(work);
    return this.#writer.run(work, { savepoint: false });
  }

  #read<T>(work: (reader: Connection) => T): T {
    if (this.closed) throw new AppError("shutting_down", "The database is closed");
    try {
      this.#snapshot.join(this.#reader);
      return work(this.#reader);
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown;
      // A reader that met a lock may serve stale rows afterwards.
      this.reconnect();
      return work(this.#reader);
    }
  }

  #refuseInside(): void {
    if (this.#inside.getStore()?.closed === false) throw new TransactionMisuse("USE_TX");
  }
}

function normal(statement: Statement): { readonly sql: string; readonly args?: InArgs } {
  if (typeof statement === "string") return { sql: statement };
  if (!Array.isArray(statement)) return statement;
  const [sql, args] = statement;
  return args === undefined ? { sql } : { sql, args };
}

/** Several reads of one moment. */
function ofOneMoment<T>(reader: Connection, work: (reader: Connection) => T): T {
  if (reader.inTransaction) return work(reader);
  reader.exec("begin");
  try {
    return work(reader);
  } finally {
    reader.exec("rollback");
  }
}
