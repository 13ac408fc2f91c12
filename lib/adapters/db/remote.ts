import type { Client } from "@libsql/client";
import type { Database, Db } from "../../ports/db.ts";
import { drizzleOn, drizzleWithin } from "./drizzle.ts";
import { isBusy } from "./faults.ts";
import { endpointUrl } from "./hrana-stream-client.ts";
import { RemoteClient } from "./remote-client.ts";
import { asRemoteError } from "./remote-faults.ts";

export interface RemoteDatabaseOptions {
  /** `libsql://`, `https://` or `http://`. */
  readonly url: string;
  readonly authToken: string | null;
  readonly fetch?: typeof fetch;
  /** How long a busy database is tried again, milliseconds; default 5,000. */
  readonly busyTimeoutMs?: number;
  /** How long one request may take, milliseconds; default 30,000. */
  readonly timeoutMs?: number;
}

export interface RemoteDatabase extends Database {
  readonly kind: "remote";
  readonly client: Client;
}

const BUSY_TIMEOUT_MS = 5000;
const TIMEOUT_MS = 30_000;

/** A libSQL database over HTTP (Turso, or the owner of a file). Needs nothing but fetch. */
export function createRemoteDatabase(options: RemoteDatabaseOptions): RemoteDatabase {
  const { url, authToken, busyTimeoutMs = BUSY_TIMEOUT_MS, timeoutMs = TIMEOUT_MS } = options;
  const endpoint = { url: endpointUrl(url), authToken, fetch: options.fetch ?? fetch, timeoutMs };
  const client = new RemoteClient(endpoint, (work) => retryBusy(work, busyTimeoutMs));
  return {
    kind: "remote",
    client,
    db: drizzleOn(client),
    transact: (work) => transact(client, work),
    async ping() {
      const from = performance.now();
      await client.execute("select 1");
      return performance.now() - from;
    },
    onForeignCommit: () => () => {},
    close() {
      client.close();
      return Promise.resolve();
    },
  };
}

async function transact<T>(client: RemoteClient, work: (tx: Db) => Promise<T>): Promise<T> {
  const transaction = client.begin("write");
  try {
    const result = await work(drizzleWithin(client, transaction));
    await transaction.commit();
    return result;
  } catch (thrown) {
    await transaction.rollback();
    throw thrown;
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
