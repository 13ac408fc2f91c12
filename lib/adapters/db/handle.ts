import type { InArgs, InStatement, ResultSet, Transaction } from "@libsql/client";
import type { Connection } from "./connection.ts";
import { TransactionMisuse } from "./misuse.ts";
import { kindOf } from "./statement-kind.ts";
import { type Gathered, writeGathered } from "./gathered.ts";
import type { Kept } from "./writer.ts";

/** One member of a commit group as libSQL's interactive transaction. Dead after its turn. */
export class Handle implements Transaction {
  /** Settles when the turn ends: with what awaits the commit, or null when it was rolled back. */
  readonly turn: Promise<Kept | null>;
  closed = false;
  /** Called once when the transaction is ended from outside. */
  onKilled: ((error: unknown) => void) | null = null;
  readonly #connection: Connection;
  #endTurn: (kept: Kept | null) => void = () => {};
  #failure: unknown = null;
  #gathered: Gathered[] | undefined;
  #nested = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.turn = new Promise((resolve) => this.#endTurn = resolve);
    connection.member("open");
  }

  // deno-lint-ignore require-await -- a failing statement must reject, not throw
  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    const { sql, args: given } = typeof statement === "string" ? { sql: statement, args } : statement;
    return this.#run(sql, (connection) => connection.execute(sql, given));
  }

  /** The rows by position only, at once; throws at once. */
  values(sql: string, args: InArgs): unknown[][] {
    return this.#run(sql, (connection) => connection.values(sql, args));
  }

  /** The first row by position only, in the same way. */
  first(sql: string, args: InArgs): unknown[] | undefined {
    return this.#run(sql, (connection) => connection.first(sql, args));
  }

  /**
   * A row for a statement that runs once for all members of the group, if this one is kept. Once there was a savepoint
   * within this one, at once: what is undone with that must not be written at the end.
   */
  gather(sql: string, row: readonly unknown[]): void {
    if (this.#nested) return this.#run(sql, (connection) => writeGathered(connection, [{ sql, row }]));
    this.#check();
    (this.#gathered ??= []).push({ sql, row });
  }

  async batch(statements: InStatement[]): Promise<ResultSet[]> {
    const results: ResultSet[] = [];
    for (const statement of statements) results.push(await this.execute(statement));
    return results;
  }

  /** Refused: a COMMIT hidden in the text would commit the members before this one. */
  executeMultiple(_sql: string): Promise<void> {
    return Promise.reject(new TransactionMisuse("TX_CONTROL"));
  }

  /** Resolves when the group's commit is durable. */
  async commit(): Promise<void> {
    this.#check();
    this.#connection.member("keep");
    this.closed = true;
    await new Promise<void>((durable, lost) => this.#endTurn({ durable, lost, gathered: this.#gathered }));
  }

  // deno-lint-ignore require-await -- the interface is asynchronous
  async rollback(): Promise<void> {
    this.#undo();
  }

  close(): void {
    this.#undo();
  }

  /** Ends the transaction from outside: its statements are undone and later ones refused with `error`. */
  kill(error: unknown): void {
    if (this.closed) return;
    this.#failure = error;
    this.#undo();
    this.onKilled?.(error);
  }

  #run<T>(sql: string, work: (connection: Connection) => T): T {
    this.#check();
    const kind = kindOf(sql);
    if (kind === "control" || kind === "solo") throw new TransactionMisuse("TX_CONTROL");
    if (kind === "savepoint") this.#nested = true;
    try {
      return work(this.#connection);
    } catch (thrown) {
      // The error may have ended the whole transaction: what follows would be committed one by one.
      if (!this.#connection.inTransaction) this.#end(thrown);
      throw thrown;
    }
  }

  #undo(): void {
    if (this.closed) return;
    try {
      this.#connection.member("undo");
      this.#connection.member("keep");
    } catch {
      // What can't be undone must not be committed: the writer sees that the whole transaction is gone.
      if (this.#connection.inTransaction) this.#connection.exec("rollback");
    }
    this.#end(this.#failure);
  }

  #end(failure: unknown): void {
    this.closed = true;
    this.#failure = failure;
    this.#endTurn(null);
  }

  #check(): void {
    if (this.closed) throw this.#failure ?? new TransactionMisuse("TX_OVER");
  }
}
