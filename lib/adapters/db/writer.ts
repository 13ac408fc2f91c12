import { AppError, messageOf } from "../../kernel/errors.ts";
import type { Connection } from "./connection.ts";
import { busy, isBusy } from "./faults.ts";
import { type Gathered, writeGathered } from "./gathered.ts";
import { Handle } from "./handle.ts";
import { TransactionMisuse } from "./misuse.ts";

export interface WriterOptions {
  /** Opens the writing connection; called again when a lock may have left it in a bad state. */
  readonly open: () => Connection;
  /** Before each commit; what it returns is called when the commit is over, before anybody hears of it. */
  readonly onCommitting: () => () => void;
  /** After each commit that changed the schema. */
  readonly onSchemaChange: () => void;
  readonly onWarning: (message: string) => void;
  /** How long a caller waits for a lock of somebody else, milliseconds. */
  readonly busyTimeoutMs: number;
}

/** A member that ended well and waits for the commit of its group. */
export interface Kept {
  durable(): void;
  lost(error: unknown): void;
  readonly gathered?: readonly Gathered[] | undefined;
}

interface Task {
  readonly kind: "member" | "turn";
  readonly since: number;
  readonly refuse: (error: unknown) => void;
  readonly start: (connection: Connection) => Promise<Kept | null> | Kept | null;
}

/** Past either of these a group commits. */
const MAX_MEMBERS = 256;
const GROUP_MS = 12;
/** How long the event loop is held: a group of long members goes on after its turn, because each commit is dear. */
const SLICE_MS = 4;
const MAX_QUEUE = 20_000;
const LONG_MS = 1;
const WATCH_MS = 100;

/**
 * The one writer of a file. Everything that waits when it gets its turn becomes one group: BEGIN IMMEDIATE, a
 * savepoint a member, one COMMIT with one fsync. Nobody hears of success before that fsync.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #queue: Task[] = [];
  #connection: Connection;
  #looping = false;
  #closing: (() => void) | null = null;
  #closed = false;
  #current: Handle | null = null;
  #guardArmed = false;
  groups = 0;
  members = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#connection = options.open();
  }

  /** A transaction of its own within the next group. */
  begin(): Promise<Handle> {
    return new Promise((resolve, reject) => {
      this.#push("member", {
        refuse: reject,
        start: (connection) => {
          try {
            return this.#member(new Handle(connection), resolve);
          } catch (thrown) {
            reject(thrown);
            return null;
          }
        },
      });
    });
  }

  /** Statements that need no answer in between: one member without a turn of the event loop. */
  run<T>(work: (connection: Connection) => T, { savepoint }: { savepoint: boolean }): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#push("member", {
        refuse: reject,
        start: (connection) => {
          try {
            const result = savepoint ? within(connection, work) : work(connection);
            return { durable: () => resolve(result), lost: reject };
          } catch (thrown) {
            reject(thrown);
            return null;
          }
        },
      });
    });
  }

  /** The connection alone, outside of any group, until `work` ends. */
  turn<T>(work: (connection: Connection) => Promise<T> | T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#push("turn", {
        refuse: reject,
        start: async (connection) => {
          try {
            const result = await work(connection);
            return { durable: () => resolve(result), lost: reject };
          } catch (thrown) {
            reject(thrown);
            return null;
          }
        },
      });
    });
  }

  /** Waits for what is queued, then closes; later calls are refused as `shutting_down`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#looping) await new Promise<void>((resolve) => this.#closing = resolve);
    this.#connection.close();
  }

  #push(kind: Task["kind"], { refuse, start }: Pick<Task, "refuse" | "start">): void {
    if (this.#closed) return refuse(new AppError("shutting_down", "The database is closed"));
    if (this.#queue.length >= MAX_QUEUE) return refuse(busy(undefined, "Too many writes are waiting"));
    this.#queue.push({ kind, refuse, start, since: performance.now() });
    if (this.#looping) return;
    this.#looping = true;
    // setImmediate, not a timer: it collects every caller of the same turn of the event loop.
    setImmediate(() => void this.#loop());
  }

  async #loop(): Promise<void> {
    while (this.#queue.length > 0) {
      try {
        if (this.#queue[0]?.kind === "turn") await this.#turn();
        else if (await this.#begun()) await this.#group();
      } catch (thrown) {
        this.#options.onWarning(`The writer failed and goes on with a new connection: ${messageOf(thrown)}`);
        this.#reopen();
      }
      // After a commit on this thread nothing has yielded yet; I/O must get its turn.
      if (this.#queue.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#looping = false;
    this.#closing?.();
  }

  async #turn(): Promise<void> {
    const watch = setInterval(() => this.#refuseOverdue(), WATCH_MS);
    const committed = this.#options.onCommitting();
    let kept: Kept | null = null;
    try {
      kept = await this.#queue.shift()?.start(this.#connection) ?? null;
    } finally {
      clearInterval(watch);
      committed();
    }
    const unfinished = this.#connection.inTransaction;
    if (unfinished) this.#connection.exec("rollback");
    this.#afterCommit();
    if (unfinished) kept?.lost(new TransactionMisuse("TX_CONTROL"));
    else kept?.durable();
  }

  /** Opens the group's transaction. False: nobody is left to run it for. */
  async #begun(): Promise<boolean> {
    for (let attempt = 0;; attempt++) {
      try {
        this.#connection.exec("begin immediate");
        return true;
      } catch (thrown) {
        if (!isBusy(thrown)) {
          for (const task of this.#queue.splice(0)) task.refuse(thrown);
          this.#reopen();
          return false;
        }
        // A connection that met a lock may lie afterwards; a new one has no statement to lie with.
        if (attempt === 0) this.#reopen();
        this.#refuseOverdue(thrown);
        if (this.#queue.length === 0) return false;
        await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 24));
      }
    }
  }

  async #group(): Promise<void> {
    const started = performance.now();
    let sliceFrom = started;
    const kept: Kept[] = [];
    for (let count = 0; count < MAX_MEMBERS; count++) {
      if (this.#queue[0]?.kind !== "member") break;
      const now = performance.now();
      if (count > 0 && now - started > GROUP_MS) break;
      if (now - sliceFrom > SLICE_MS) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        sliceFrom = performance.now();
      }
      const starting = this.#queue.shift()?.start(this.#connection) ?? null;
      const member = starting instanceof Promise ? await starting : starting;
      if (member !== null) kept.push(member);
      else if (!this.#connection.inTransaction) return this.#aborted(kept);
    }
    let committed = () => {};
    try {
      committed = this.#options.onCommitting();
      writeGathered(this.#connection, kept.flatMap(({ gathered = [] }) => gathered));
      // Another thread costs 0.08 ms: worth it when others use that time, or to spare the loop a fsync. What took long
      // has written much, and its commit takes long as well.
      const long = performance.now() - started > LONG_MS;
      if (kept.length > 1 || this.#queue.length > 0 || long) await this.#connection.execOffThread("commit");
      else this.#connection.exec("commit");
    } catch (thrown) {
      this.#reopen();
      for (const member of kept) member.lost(thrown);
      return;
    } finally {
      committed();
    }
    if (kept.length > 0) this.groups++;
    this.members += kept.length;
    for (const member of kept) member.durable();
    this.#afterCommit();
  }

  /** A full disk, an I/O error or RAISE(ROLLBACK) ended the whole transaction, not only the member that met it. */
  #aborted(kept: readonly Kept[]): void {
    for (const member of kept) {
      member.lost(
        busy(undefined, "The commit group was rolled back because of another writer: nothing was written"),
      );
    }
  }

  async #member(handle: Handle, grant: (handle: Handle) => void): Promise<Kept | null> {
    this.#current = handle;
    if (!this.#guardArmed) {
      this.#guardArmed = true;
      setImmediate(() => this.#guard());
    }
    grant(handle);
    const kept = await handle.turn;
    this.#current = null;
    return kept;
  }

  /**
   * Native calls are synchronous, so a callback that awaits only the database ends within microtasks. When this runs
   * while a member still holds its turn, that member awaits something else.
   */
  #guard(): void {
    this.#guardArmed = false;
    this.#current?.kill(new TransactionMisuse("FOREIGN_AWAIT"));
  }

  #refuseOverdue(cause?: unknown): void {
    const limit = performance.now() - this.#options.busyTimeoutMs;
    while ((this.#queue[0]?.since ?? Infinity) < limit) this.#queue.shift()?.refuse(busy(cause));
  }

  #afterCommit(): void {
    if (!this.#connection.takeSchemaTouched()) return;
    this.#connection.forget();
    this.#options.onSchemaChange();
  }

  /** Keeps the old connection when no new one can be had: its `begin` goes through exec, which leaves no trace. */
  #reopen(): void {
    const old = this.#connection;
    try {
      if (old.inTransaction) old.exec("rollback");
      this.#connection = this.#options.open();
      old.close();
    } catch (thrown) {
      this.#options.onWarning(`The database could not be opened anew: ${messageOf(thrown)}`);
    }
  }
}

/** All of `work` or none of it, inside the group's transaction. */
function within<T>(connection: Connection, work: (connection: Connection) => T): T {
  connection.member("open");
  try {
    const result = work(connection);
    connection.member("keep");
    return result;
  } catch (thrown) {
    if (connection.inTransaction) {
      connection.member("undo");
      connection.member("keep");
    }
    throw thrown;
  }
}
