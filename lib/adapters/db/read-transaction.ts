import type { InArgs, InStatement, ResultSet, Transaction } from "@libsql/client";
import type { Connection } from "./connection.ts";
import { TransactionMisuse } from "./misuse.ts";

/** Reads of one moment over several turns of the event loop, on a connection of its own. */
export class ReadTransaction implements Transaction {
  closed = false;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.exec("begin");
  }

  // deno-lint-ignore require-await -- a failing statement must reject, not throw
  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    if (this.closed) throw new TransactionMisuse("TX_OVER");
    if (typeof statement === "string") return this.#connection.execute(statement, args);
    return this.#connection.execute(statement.sql, statement.args);
  }

  async batch(statements: InStatement[]): Promise<ResultSet[]> {
    const results: ResultSet[] = [];
    for (const statement of statements) results.push(await this.execute(statement));
    return results;
  }

  // deno-lint-ignore require-await -- a failing statement must reject, not throw
  async executeMultiple(sql: string): Promise<void> {
    if (this.closed) throw new TransactionMisuse("TX_OVER");
    this.#connection.exec(sql);
  }

  // deno-lint-ignore require-await -- the interface is asynchronous
  async commit(): Promise<void> {
    this.close();
  }

  // deno-lint-ignore require-await -- the interface is asynchronous
  async rollback(): Promise<void> {
    this.close();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#connection.exec("rollback");
    this.#connection.close();
  }
}
