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
import {
  type Endpoint,
  HranaFailure,
  type Outcome,
  StreamClient,
  toOutcomes,
  toRows,
  type WireStep,
} from "./hrana-stream-client.ts";
import { toResultSet, toValues, toWire, type WireResult, type WireStatement } from "./hrana-values.ts";
import { TransactionMisuse } from "./misuse.ts";
import { RemoteTransaction } from "./remote-transaction.ts";
import { kindOf } from "./statement-kind.ts";
import { atEndOfTurn } from "./turn.ts";

type Retry = <T>(work: () => Promise<T>) => Promise<T>;

interface Asked {
  readonly stmt: WireStatement;
  readonly resolve: (result: WireResult) => void;
  readonly reject: (error: unknown) => void;
}

/** libSQL's Client over Hrana: the reads that are asked for in one turn of the loop are one round trip. */
export class RemoteClient implements Client {
  closed = false;
  readonly protocol = "http";
  #reads: Asked[] = [];

  constructor(private readonly endpoint: Endpoint, private readonly retry: Retry) {}

  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    return toResultSet(await this.#ask(toWire(statement, args)));
  }

  /** The rows by position only. */
  async values(sql: string, args: InArgs): Promise<unknown[][]> {
    return toValues(await this.#ask(toWire({ sql, args })));
  }

  async batch(
    statements: (InStatement | [string, InArgs?])[],
    mode: TransactionMode = "deferred",
  ): Promise<ResultSet[]> {
    if (mode === "read") return await this.#whole(statements, "begin transaction readonly");
    return await this.#whole(statements, mode === "write" ? "begin immediate" : "begin deferred");
  }

  /** Statements of a migration: one transaction with foreign keys off, so that a table can be rebuilt. */
  async migrate(statements: InStatement[]): Promise<ResultSet[]> {
    const [off, on] = ["pragma foreign_keys=off", "pragma foreign_keys=on"];
    return await this.#whole(statements, "begin immediate", { off, on });
  }

  // deno-lint-ignore require-await -- the interface is asynchronous
  async transaction(mode: TransactionMode = "write"): Promise<Transaction> {
    return this.begin(mode);
  }

  /** Sends nothing yet. */
  begin(mode: TransactionMode): RemoteTransaction {
    return new RemoteTransaction({ mode, openStream: () => this.#stream(), retry: this.retry });
  }

  async executeMultiple(sql: string): Promise<void> {
    await this.retry(async () => {
      const [done] = await this.#stream().send([{ type: "sequence", sql }, { type: "close" }]);
      if (done instanceof HranaFailure) throw done;
    });
  }

  sync(): Promise<Replicated> {
    return Promise.reject(new AppError("not_configured", "A remote database is no replica to sync"));
  }

  reconnect(): void {}

  close(): void {
    this.closed = true;
  }

  #stream(): StreamClient {
    if (this.closed) throw new AppError("shutting_down", "The database is closed");
    return new StreamClient(this.endpoint);
  }

  #ask(stmt: WireStatement): Promise<WireResult> {
    const kind = kindOf(stmt.sql);
    if (kind === "control" || kind === "savepoint") throw new TransactionMisuse("TX_CONTROL");
    return this.retry(() => kind === "read" ? this.#read(stmt) : this.#alone(stmt));
  }

  async #alone(stmt: WireStatement): Promise<WireResult> {
    const [answer] = await this.#stream().send([{ type: "execute", stmt }, { type: "close" }]);
    const result = toRows(answer);
    if (result instanceof HranaFailure) throw result;
    return result;
  }

  #read(stmt: WireStatement): Promise<WireResult> {
    return new Promise((resolve, reject) => {
      if (this.#reads.length === 0) atEndOfTurn(() => void this.#readAll(this.#reads.splice(0)));
      this.#reads.push({ stmt, resolve, reject });
    });
  }

  async #readAll(asked: readonly Asked[]): Promise<void> {
    try {
      const requests = asked.map(({ stmt }) => ({ type: "execute", stmt }) as const);
      const answers = await this.#stream().send([...requests, { type: "close" }]);
      for (const [i, { resolve, reject }] of asked.entries()) {
        const result = toRows(answers[i]);
        if (result instanceof HranaFailure) reject(result);
        else resolve(result);
      }
    } catch (thrown) {
      for (const { reject } of asked) reject(thrown);
    }
  }

  /** All of them or none, in one round trip. */
  async #whole(
    statements: readonly (InStatement | [string, InArgs?])[],
    begin: string,
    around?: { readonly off: string; readonly on: string },
  ): Promise<ResultSet[]> {
    const list = statements.map((one) => Array.isArray(one) ? toWire(one[0], one[1]) : toWire(one));
    return await this.retry(async () => {
      const steps: WireStep[] = around === undefined ? [] : [{ stmt: toWire(around.off) }];
      const first = steps.push({ stmt: toWire(begin) });
      for (const stmt of list) steps.push({ stmt, condition: { type: "ok", step: steps.length - 1 } });
      const commit = steps.push({
        stmt: toWire("commit"),
        condition: { type: "ok", step: steps.length - 1 },
      }) - 1;
      const failed = { type: "not", cond: { type: "ok", step: commit } } as const;
      steps.push({ stmt: toWire("rollback"), condition: failed });
      if (around !== undefined) steps.push({ stmt: toWire(around.on) });
      const batch = { type: "batch", batch: { steps } } as const;
      const [answer] = await this.#stream().send([batch, { type: "close" }]);
      const outcomes = toOutcomes(answer).slice(0, commit + 1);
      const error = outcomes.find((outcome) => outcome instanceof HranaFailure);
      if (error !== undefined) throw error;
      return outcomes.slice(first, commit).map(toDone);
    });
  }
}

function toDone(outcome: Outcome): ResultSet {
  if (outcome === null || outcome instanceof HranaFailure) {
    throw new HranaFailure("A statement was not run", "HRANA_PROTO_ERROR");
  }
  return toResultSet(outcome);
}
