import type { ResultSet } from "@libsql/client";
import type { Connection } from "./connection.ts";
import type { FileDatabase } from "./file.ts";
import {
  argsOf,
  type Batch,
  type Condition,
  type HranaError,
  ProtocolError,
  type Stmt,
  type StmtResult,
  type StreamRequest,
  toHranaError,
  toStmtResult,
} from "./hrana-protocol.ts";
import { HranaTransaction } from "./hrana-transaction.ts";
import { kindOf } from "./statement-kind.ts";

export interface StreamLimits {
  /** How long a write transaction may wait for its next statement, milliseconds: the whole server waits with it. */
  readonly transactionIdleMs: number;
  /** How long a write transaction may take in all. */
  readonly transactionMaxMs: number;
}

export interface BatchResult {
  readonly step_results: (StmtResult | null)[];
  readonly step_errors: (HranaError | null)[];
}

const READ_ONLY = /^\s*begin\s+(?:transaction\s+)?readonly/i;
const BEGIN = /^\s*begin\b/i;
const COMMIT = /^\s*(?:commit|end)\b/i;
const FOREIGN_KEYS = /^\s*pragma\s+foreign_keys\s*=\s*(\w+)\s*;?\s*$/i;
const EMPTY: ResultSet = {
  columns: [],
  columnTypes: [],
  rows: [],
  rowsAffected: 0,
  lastInsertRowid: undefined,
  toJSON: () => ({}),
};

/** One Hrana stream: a connection as the client sees it. Statements outside a transaction join commit groups. */
export class HranaStream {
  closed = false;
  readonly #database: FileDatabase;
  readonly #limits: StreamLimits;
  readonly #texts = new Map<number, string>();
  #transaction: HranaTransaction | null = null;
  #foreignKeys = true;

  constructor(database: FileDatabase, limits: StreamLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /** The response of one request. Throws what went wrong; the stream stays usable. */
  async answer(request: StreamRequest): Promise<{ readonly type: string } & Record<string, unknown>> {
    const { type } = request;
    if (this.closed) throw new ProtocolError("The stream is closed");
    switch (type) {
      case "execute":
        return { type, result: await this.#execute(request.stmt) };
      case "batch":
        return { type, result: await this.batch(request.batch) };
      case "sequence":
        await this.#sequence(this.#text(request));
        return { type };
      case "describe":
        return { type, result: this.#describe(this.#text(request)) };
      case "store_sql":
        this.#texts.set(request.sql_id, request.sql);
        return { type };
      case "close_sql":
        this.#texts.delete(request.sql_id);
        return { type };
      case "get_autocommit":
        return { type, is_autocommit: this.#autocommit };
      case "close":
        this.close();
        return { type };
    }
  }

  async batch({ steps }: Batch): Promise<BatchResult> {
    const results: (StmtResult | null)[] = [];
    const errors: (HranaError | null)[] = [];
    for (const [step, { condition, stmt }] of steps.entries()) {
      results[step] = errors[step] = null;
      if (condition && !this.#holds(condition, { results, errors })) continue;
      try {
        results[step] = await this.#execute(stmt);
      } catch (thrown) {
        errors[step] = toHranaError(thrown);
      }
    }
    return { step_results: results, step_errors: errors };
  }

  /** Rolls back what is open. */
  close(): void {
    this.closed = true;
    this.#transaction?.abandon();
    this.#transaction = null;
  }

  get #autocommit(): boolean {
    return this.#transaction === null || this.#transaction.over;
  }

  #holds(condition: Condition, so: { results: unknown[]; errors: unknown[] }): boolean {
    switch (condition.type) {
      case "ok":
        return (so.results[condition.step] ?? null) !== null;
      case "error":
        return (so.errors[condition.step] ?? null) !== null;
      case "not":
        return !this.#holds(condition.cond, so);
      case "and":
        return condition.conds.every((one) => this.#holds(one, so));
      case "or":
        return condition.conds.some((one) => this.#holds(one, so));
      case "is_autocommit":
        return this.#autocommit;
    }
  }

  async #execute(stmt: Stmt): Promise<StmtResult> {
    const from = performance.now();
    const sql = this.#text(stmt);
    const foreignKeys = FOREIGN_KEYS.exec(sql)?.[1];
    const kind = kindOf(sql);
    let result: ResultSet;
    if (foreignKeys !== undefined) result = this.#switchForeignKeys(foreignKeys);
    else if (kind === "control") result = await this.#control(sql);
    else if (this.#transaction !== null) result = this.#transaction.execute(sql, argsOf(stmt));
    else result = await this.#alone(sql, stmt);
    return toStmtResult(result, performance.now() - from);
  }

  async #alone(sql: string, stmt: Stmt): Promise<ResultSet> {
    const result = await this.#database.client.execute({ sql, args: argsOf(stmt) });
    if (kindOf(sql) !== "read") this.#database.foreignCommit();
    return result;
  }

  async #control(sql: string): Promise<ResultSet> {
    if (BEGIN.test(sql)) {
      if (!this.#autocommit) throw new ProtocolError("cannot start a transaction within a transaction");
      const options = { ...this.#limits, foreignKeys: this.#foreignKeys };
      const open = READ_ONLY.test(sql) ? HranaTransaction.read : HranaTransaction.write;
      this.#transaction = await open(this.#database, options);
      if (this.closed) this.close();
      return EMPTY;
    }
    const transaction = this.#transaction;
    this.#transaction = null;
    if (transaction === null) throw new ProtocolError("cannot commit or roll back: no transaction is active");
    if (COMMIT.test(sql)) await transaction.commit();
    else transaction.abandon();
    return EMPTY;
  }

  /** Kept for this stream's next transaction: on the shared connection it would switch them for everybody. */
  #switchForeignKeys(word: string): ResultSet {
    if (this.#autocommit) this.#foreignKeys = /^(?:on|1|yes|true)$/i.test(word);
    return EMPTY;
  }

  async #sequence(sql: string): Promise<void> {
    if (this.#transaction !== null) return this.#transaction.exec(sql);
    await this.#database.exec(sql);
    this.#database.foreignCommit();
  }

  #describe(sql: string) {
    const reader: Connection = this.#database.openReader();
    try {
      const { columns, columnTypes } = reader.describe(sql);
      return {
        params: [...new Set(parameters(sql))].map((name) => ({ name })),
        cols: columns.map((name, i) => ({ name, decltype: columnTypes[i] || null })),
        is_explain: /^\s*explain\b/i.test(sql),
        is_readonly: kindOf(sql) === "read",
      };
    } finally {
      reader.close();
    }
  }

  #text(
    { sql, sql_id: id }: { sql?: string | null | undefined; sql_id?: number | null | undefined },
  ): string {
    const text = sql ?? (id === undefined || id === null ? undefined : this.#texts.get(id));
    if (text === undefined) throw new ProtocolError("A statement needs sql, or the sql_id of a stored one");
    return text;
  }
}

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** The parameters of a statement: a name, or null for a question mark. */
function parameters(sql: string): (string | null)[] {
  let anonymous = 0;
  const found = sql.replace(QUOTED, " ").match(/[:@$][A-Za-z_]\w*|\?\d*/g) ?? [];
  return found.map((one) => one === "?" ? `?${++anonymous}` : one).map((one) =>
    one.startsWith("?") ? null : one
  );
}
