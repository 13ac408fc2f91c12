import type { Database, Db } from "../../ports/db.ts";
import { Connection } from "./connection.ts";
import { drizzleOn, drizzleWithin } from "./drizzle.ts";
import { isBusy } from "./faults.ts";
import { FileClient } from "./file-client.ts";
import { claimFile } from "./ownership.ts";
import { TurnSnapshot } from "./turn-snapshot.ts";
import { Writer } from "./writer.ts";

export interface FileDatabaseOptions {
  readonly path: string;
  /** Told what is wrong but not fatal, such as an older file without incremental vacuum. */
  readonly onWarning?: (message: string) => void;
  /** How long a writer waits for a lock of another program, milliseconds; default 5,000. */
  readonly busyTimeoutMs?: number;
  /** false: commits are not synced to the disk. For data that may be lost, as a test's; default true. */
  readonly durable?: boolean;
}

export interface FileDatabase extends Database {
  readonly kind: "file";
  /**
   * The file's path with links resolved. While it is open, never open the file by other means in this process:
   * closing such a descriptor drops SQLite's locks. For a copy use `vacuumInto`.
   */
  readonly path: string;
  readonly client: FileClient;
  /** Statements without parameters or rows, alone on the writer. */
  exec(sql: string): Promise<void>;
  /** A whole, compact copy of the present state into a new file; off the event loop. */
  vacuumInto(path: string): Promise<void>;
  /** Moves the log into the file and shortens it. */
  checkpoint(): Promise<void>;
  stats(): { readonly groups: number; readonly members: number };
  /** Bounds the file, so that a full disk can be tried. */
  setMaxPages(pages: number): Promise<void>;
  /** The writing connection alone until `work` ends; for the Hrana endpoint. */
  turn<T>(work: (connection: Connection) => Promise<T> | T): Promise<T>;
  /** A new connection that can only read. */
  openReader(): Connection;
  /** Tells the listeners of `onForeignCommit`. */
  foreignCommit(): void;
}

const TEMP = "temp_store=memory";
/** Kept in the file itself; the first counts only before the first table. */
const LASTING = ["auto_vacuum=incremental", "journal_mode=wal"];
const WRITER = [
  "foreign_keys=on",
  // Twice SQLite's own: what is written again and again is copied into the file half as often, and fewer wait for it.
  "wal_autocheckpoint=2000",
  "journal_size_limit=67108864",
  "cache_size=-65536",
  TEMP,
];
/** A reader's pages are the system's too: more of its own made no list quicker, and an export filled it for good. */
const READER = ["query_only=on", "cache_size=-8192", TEMP];
const BUSY_TIMEOUT_MS = 5000;
const RETRY_MS = 20;

/**
 * Opens a libSQL file as its one owner: drizzle over commit groups. Throws AppError `conflict` when another process
 * owns the file.
 */
export async function createFileDatabase(options: FileDatabaseOptions): Promise<FileDatabase> {
  const ownership = await claimFile(options.path);
  const { path } = ownership;
  const { busyTimeoutMs = BUSY_TIMEOUT_MS, durable = true } = options;
  const pragmas = [...WRITER, `synchronous=${durable ? "full" : "off"}`];
  let maxPages = 0;
  let closing: Promise<void> | undefined;
  const openReader = () => new Connection(path, READER);
  const onWarning = options.onWarning ?? (() => {});
  try {
    // It stays until the others are open: whoever closes the file's last connection locks everybody out meanwhile.
    using _first = await prepareFile(path, busyTimeoutMs);
    const snapshot = new TurnSnapshot();
    const writer = new Writer({
      onWarning,
      onCommitting: () => snapshot.suspend(),
      open: () => new Connection(path, maxPages > 0 ? [...pragmas, `max_page_count=${maxPages}`] : pragmas),
      onSchemaChange: () => client.reconnect(),
      busyTimeoutMs,
    });
    const client = new FileClient({ writer, openReader, snapshot });
    const db = drizzleOn(client);
    const listeners = new Set<() => void>();
    const { rows: [mode] } = await client.execute("select auto_vacuum from pragma_auto_vacuum");
    if (mode?.auto_vacuum !== 2) onWarning(`${path} has no incremental vacuum: it will not shrink`);

    return {
      kind: "file",
      path,
      client,
      db,
      transact: (work) => transact(client, work),
      openReader,
      turn: (work) => writer.turn(work),
      stats: () => ({ groups: writer.groups, members: writer.members }),
      exec: (sql) => client.executeMultiple(sql),
      vacuumInto: (copy) => vacuumInto(path, copy),
      checkpoint: () =>
        writer.turn((connection) => connection.execOffThread("pragma wal_checkpoint(truncate)")),
      async setMaxPages(pages) {
        maxPages = pages;
        await client.execute(`pragma max_page_count=${Math.trunc(pages)}`);
      },
      async ping() {
        const from = performance.now();
        await client.execute("select 1");
        return performance.now() - from;
      },
      onForeignCommit(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      foreignCommit() {
        for (const listener of listeners) listener();
      },
      close: () =>
        closing ??= (async () => {
          await writer.turn((connection) => connection.exec("pragma wal_checkpoint(truncate)")).catch(
            () => {},
          );
          await writer.close();
          client.close();
          ownership.release();
        })(),
    };
  } catch (thrown) {
    ownership.release();
    throw thrown;
  }
}

/** Sets what lasts. Another program may hold a lock just now, so that is tried again for a while. */
async function prepareFile(path: string, busyTimeoutMs: number): Promise<Disposable> {
  const until = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      const connection = new Connection(path, LASTING);
      return { [Symbol.dispose]: () => connection.close() };
    } catch (thrown) {
      if (!isBusy(thrown) || performance.now() > until) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function transact<T>(client: FileClient, work: (tx: Db) => Promise<T>): Promise<T> {
  const handle = await client.begin();
  let result: T;
  try {
    result = await new Promise<T>((resolve, reject) => {
      handle.onKilled = reject;
      client.inside(handle, () => work(drizzleWithin(client, handle))).then(resolve, reject);
    });
  } catch (thrown) {
    await handle.rollback();
    throw thrown;
  }
  await handle.commit();
  return result;
}

async function vacuumInto(path: string, copy: string): Promise<void> {
  const connection = new Connection(path, [TEMP]);
  try {
    await connection.execOffThread(`vacuum into '${copy.replaceAll("'", "''")}'`);
    await Deno.chmod(copy, 0o600);
  } finally {
    connection.close();
  }
}
