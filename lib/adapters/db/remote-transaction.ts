import type { InArgs, InStatement, ResultSet, Transaction, TransactionMode } from "@libsql/client";
import { AppError } from "../../kernel/errors.ts";
import type { Late } from "./drizzle-query.ts";
import { busy } from "./faults.ts";
import type { Condition } from "./hrana-protocol.ts";
import {
  HranaFailure,
  type Outcome,
  StreamClient,
  toOutcomes,
  type WireStep,
} from "./hrana-stream-client.ts";
import { toResultSet, toValues, toWire, type WireResult, type WireStatement } from "./hrana-values.ts";
import { TransactionMisuse } from "./misuse.ts";
import { asRemoteError } from "./remote-faults.ts";
import { atEndOfTurn } from "./turn.ts";

const BEGIN: Readonly<Record<TransactionMode, string>> = {
  write: "begin immediate",
  read: "begin transaction readonly",
  deferred: "begin deferred",
};
const OPEN: Condition = { type: "not", cond: { type: "is_autocommit" } };

interface Waiting {
  readonly stmt: WireStatement;
  /** Nobody waits for it: what follows must not run when it fails. */
  readonly blind: boolean;
  settle(outcome: WireResult | Error): void;
}

export interface RemoteTransactionOptions {
  readonly mode: TransactionMode;
  readonly openStream: () => StreamClient;
  /** Tries again while the database is busy. */
  readonly retry: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * An interactive transaction in as few round trips as it can be had in: BEGIN travels with the first statements, those
 * asked for in one turn travel together, and writes whose outcome nobody reads wait for the next trip or the COMMIT.
 */
export class RemoteTransaction implements Transaction {
  readonly #options: RemoteTransactionOptions;
  #stream: StreamClient | null = null;
  #begun = false;
  #queue: Waiting[] = [];
  #trip: Promise<void> = Promise.resolve();
  #scheduled = false;
  #over = false;
  /** Why it can't be committed any more. */
  #failure: unknown = null;

  constructor(options: RemoteTransactionOptions) {
    this.#options = options;
  }

  get closed(): boolean {
    return this.#over;
  }

  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    return toResultSet(await this.#ask(toWire(statement, args)));
  }

  /** The rows by position only. */
  async values(sql: string, args: InArgs): Promise<unknown[][]> {
    return toValues(await this.#ask(toWire({ sql, args })));
  }

  /**
   * A write that travels with the next trip, at the latest with the COMMIT; when it fails, the transaction does. The
   * function tells its outcome, after the commit.
   */
  later(statement: InStatement): () => Late {
    this.#check();
    let outcome: WireResult | Error | null = null;
    this.#queue.push({ stmt: toWire(statement), blind: true, settle: (told) => outcome = told });
    return () => {
      if (outcome === null) throw new TransactionMisuse("TX_LATE");
      if (outcome instanceof Error) throw outcome;
      const result = outcome;
      return { rowsAffected: result.affected_row_count, values: () => toValues(result) };
    };
  }

  batch(statements: InStatement[]): Promise<ResultSet[]> {
    return Promise.all(statements.map((statement) => this.execute(statement)));
  }

  /** Refused: a COMMIT hidden in the text would end what others rely on. */
  executeMultiple(_sql: string): Promise<void> {
    return Promise.reject(new TransactionMisuse("TX_CONTROL"));
  }

  async commit(): Promise<void> {
    this.#check();
    this.#over = true;
    await this.#trip;
    if (this.#failure !== null) throw this.#failure;
    if (!this.#begun && this.#queue.length === 0) return;
    const waiting = this.#take();
    try {
      await this.#first(() => this.#send(waiting, { commit: true }));
    } catch (thrown) {
      const error = asRemoteError(thrown);
      if (!(error instanceof AppError && /^upstream_/.test(error.code))) throw error;
      const detail = "The database did not confirm the commit: it may be written or not";
      throw new AppError(error.code, detail, { cause: thrown });
    }
    if (this.#failure !== null) throw this.#failure;
  }

  async rollback(): Promise<void> {
    this.#over = true;
    await this.#trip;
    const stream = this.#stream;
    this.#stream = null;
    if (stream?.open !== true) return;
    // The server rolls back by itself when the stream is gone.
    await stream.send([{ type: "close" }]).catch(() => {});
  }

  close(): void {
    if (this.#over) return;
    void this.rollback();
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#over) throw new TransactionMisuse("TX_OVER");
  }

  #ask(stmt: WireStatement): Promise<WireResult> {
    this.#check();
    return new Promise((resolve, reject) => {
      const settle = (told: WireResult | Error) => told instanceof Error ? reject(told) : resolve(told);
      this.#queue.push({ stmt, blind: false, settle });
      if (this.#scheduled) return;
      this.#scheduled = true;
      atEndOfTurn(() => this.#trip = this.#trip.then(() => this.#flush()));
    });
  }

  #take(): Waiting[] {
    this.#scheduled = false;
    return this.#queue.splice(0);
  }

  async #flush(): Promise<void> {
    const waiting = this.#take();
    if (waiting.length === 0) return;
    try {
      await this.#first(() => this.#send(waiting, { commit: false }));
    } catch (thrown) {
      const error = asRemoteError(thrown);
      this.#failure ??= error;
      for (const { settle } of waiting) settle(asError(error));
    }
  }

  /** A lock is met by BEGIN, so by the first trip alone; nothing was read or written before it. */
  #first(trip: () => Promise<void>): Promise<void> {
    return this.#begun ? trip() : this.#options.retry(trip);
  }

  async #send(waiting: readonly Waiting[], { commit }: { commit: boolean }): Promise<void> {
    const stream = this.#stream ??= this.#options.openStream();
    const steps: WireStep[] = this.#begun ? [] : [{ stmt: toWire(BEGIN[this.#options.mode]) }];
    let gate = this.#begun ? OPEN : after(0);
    for (const { stmt, blind } of waiting) {
      steps.push({ stmt, condition: gate });
      if (blind) gate = after(steps.length - 1);
    }
    if (commit) steps.push({ stmt: toWire("commit"), condition: gate });
    const batch = { type: "batch", batch: { steps } } as const;
    const [answer] = await stream.send(commit ? [batch, { type: "close" }] : [batch]);
    const outcomes = toOutcomes(answer);
    const begin = this.#begun ? null : outcomes.shift();
    if (begin instanceof HranaFailure) throw begin;
    this.#begun = true;
    this.#settle(waiting, outcomes);
    const end = commit ? outcomes[waiting.length] : undefined;
    if (end instanceof HranaFailure) this.#failure ??= asRemoteError(end);
    if (end === null) this.#failure ??= gone();
  }

  #settle(waiting: readonly Waiting[], outcomes: readonly Outcome[]): void {
    for (const [i, { blind, settle }] of waiting.entries()) {
      const outcome = outcomes[i] ?? null;
      if (outcome !== null && !(outcome instanceof HranaFailure)) {
        settle(outcome);
        continue;
      }
      const error = outcome === null ? this.#failure ?? gone() : asRemoteError(outcome);
      if (blind || outcome === null) this.#failure ??= error;
      settle(asError(error));
    }
  }
}

/** Holds when that step went well and nothing has ended the transaction since. */
function after(step: number): Condition {
  return { type: "and", conds: [{ type: "ok", step }, OPEN] };
}

/** A database ends a transaction that takes too long, or that an error (a full disk) has broken. */
function gone(): AppError {
  return busy(undefined, "The database has rolled the transaction back");
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
