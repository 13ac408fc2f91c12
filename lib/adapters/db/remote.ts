import {
  type Client,
  createClient,
  type InArgs,
  type InStatement,
  type ResultSet,
  type Transaction,
  type TransactionMode,
} from "@libsql/client/web";
import { AppError, causeCode, type ErrorCode, ERRORS, messageOf } from "../../kernel/errors.ts";
import type { Database, Db } from "../../ports/db.ts";
import { drizzleOn, drizzleWithin } from "./drizzle.ts";
import { asAppError, isBusy } from "./faults.ts";

export interface RemoteDatabaseOptions {
  /** `libsql://`, `https://` or `http://`. */
  readonly url: string;
  readonly authToken: string | null;
  readonly fetch?: typeof fetch;
  /** How long a busy database is tried again, milliseconds; default 5,000. */
  readonly busyTimeoutMs?: number;
  /** Calls under way at once; the client's default is 20. */
  readonly concurrency?: number;
}

export interface RemoteDatabase extends Database {
  readonly kind: "remote";
  readonly client: Client;
}

const BUSY_TIMEOUT_MS = 5000;

/** A libSQL database over HTTP (Turso, or the owner of a file). Needs nothing but fetch. */
export function createRemoteDatabase(options: RemoteDatabaseOptions): RemoteDatabase {
  const { url, authToken, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  const stock = createClient({
    url,
    ...(authToken === null ? {} : { authToken }),
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  });
  const retry = <T>(work: () => Promise<T>) => retryBusy(work, busyTimeoutMs);
  const client = retrying(stock, retry);
  const db = drizzleOn(client);
  return {
    kind: "remote",
    client,
    db,
    transact: (work) => transact(client, work),
    async ping() {
      const from = performance.now();
      await client.execute("select 1");
      return performance.now() - from;
    },
    onForeignCommit: () => () => {},
    close() {
      stock.close();
      return Promise.resolve();
    },
  };
}

type Retry = <T>(work: () => Promise<T>) => Promise<T>;

/** The client with bounded retries of a busy database, and errors in the words of the catalogue. */
function retrying(stock: Client, retry: Retry): Client {
  return {
    execute: (statement: InStatement | string, args?: InArgs) =>
      retry(() => typeof statement === "string" ? stock.execute(statement, args) : stock.execute(statement)),
    batch: (statements, mode) => retry(() => stock.batch(statements, mode)),
    migrate: (statements) => retry(() => stock.migrate(statements)),
    executeMultiple: (sql) => retry(() => stock.executeMultiple(sql)),
    transaction: (mode?: TransactionMode) =>
      Promise.resolve(new LazyTransaction(() => stock.transaction(mode ?? "write"), retry)),
    sync: () => stock.sync(),
    close: () => stock.close(),
    reconnect: () => stock.reconnect(),
    get closed() {
      return stock.closed;
    },
    get protocol() {
      return stock.protocol;
    },
  };
}

/**
 * BEGIN travels with the first statement. So that is the one to meet a lock, and the only one that may be tried
 * again: nothing was read or written before it.
 */
class LazyTransaction implements Transaction {
  #inner: Transaction | null = null;
  #over = false;

  constructor(private readonly open: () => Promise<Transaction>, private readonly retry: Retry) {}

  get closed(): boolean {
    return this.#over || this.#inner?.closed === true;
  }

  execute(statement: InStatement): Promise<ResultSet> {
    return this.#first((transaction) => transaction.execute(statement));
  }

  batch(statements: InStatement[]): Promise<ResultSet[]> {
    return this.#first((transaction) => transaction.batch(statements));
  }

  executeMultiple(sql: string): Promise<void> {
    return this.#first((transaction) => transaction.executeMultiple(sql));
  }

  async commit(): Promise<void> {
    this.#over = true;
    await this.#inner?.commit().catch((thrown) => {
      const error = asRemoteError(thrown);
      if (!(error instanceof AppError && error.code === "upstream_failed")) throw error;
      const detail = "The database did not confirm the commit: it may be written or not";
      throw new AppError("upstream_failed", detail, { cause: thrown });
    });
  }

  async rollback(): Promise<void> {
    this.#over = true;
    // The server rolls back by itself when the stream is gone.
    await this.#inner?.rollback().catch(() => this.#inner?.close());
  }

  close(): void {
    this.#over = true;
    this.#inner?.close();
  }

  #first<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const inner = this.#inner;
    if (inner !== null) return work(inner).catch((thrown) => Promise.reject(asRemoteError(thrown)));
    return this.retry(async () => {
      const opened = await this.open();
      try {
        const result = await work(opened);
        this.#inner = opened;
        return result;
      } catch (thrown) {
        if (!isBusy(thrown)) this.#inner = opened;
        else opened.close();
        throw thrown;
      }
    });
  }
}

async function transact<T>(client: Client, work: (tx: Db) => Promise<T>): Promise<T> {
  const transaction = await client.transaction("write");
  try {
    const result = await work(drizzleWithin(client, transaction));
    await transaction.commit();
    return result;
  } catch (thrown) {
    await transaction.rollback();
    throw thrown;
  } finally {
    transaction.close();
  }
}

async function retryBusy<T>(work: () => Promise<T>, busyTimeoutMs: number): Promise<T> {
  const until = performance.now() + busyTimeoutMs;
  for (let attempt = 0;; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() > until) throw asRemoteError(thrown);
      await new Promise((resolve) =>
        setTimeout(resolve, 5 + Math.random() * Math.min(250, 10 * 2 ** attempt))
      );
    }
  }
}

/** What the owner of a file says of its own, and what goes wrong on the way to it. */
const OWNERS_CODE = /^CAUCE_/;
const TRANSPORT_CODE = /^(?:HRANA_|SERVER_ERROR$|TRANSACTION_CLOSED$)/;

function asRemoteError(thrown: unknown): unknown {
  const known = asAppError(thrown);
  if (known instanceof AppError) return known;
  const code = causeCode(thrown, (one) => OWNERS_CODE.test(one))?.replace(OWNERS_CODE, "");
  if (isErrorCode(code)) return new AppError(code, messageOf(thrown), { cause: thrown });
  // fetch throws TypeError for whatever goes wrong on the way.
  if (thrown instanceof TypeError || causeCode(thrown, (one) => TRANSPORT_CODE.test(one)) !== undefined) {
    return new AppError("upstream_failed", "The database can't be reached", { cause: thrown });
  }
  return thrown;
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && code in ERRORS;
}
