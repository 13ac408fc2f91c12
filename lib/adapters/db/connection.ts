import type { InArgs, ResultSet } from "@libsql/client";
import Native from "libsql";
import OffThread from "libsql/promise";
import { AppError } from "../../kernel/errors.ts";
import { type Arguments, bind } from "./bind.ts";
import { asAppError } from "./faults.ts";
import { type NativeStatement, nativeStatement, Prepared } from "./prepared.ts";

const STATEMENTS_KEPT = 500;
const NO_ARGS: Arguments = [];

/** The savepoint of one member of a commit group. */
const MEMBER = {
  open: "savepoint cauce_member",
  undo: "rollback to cauce_member",
  keep: "release cauce_member",
} as const;

/** `exec` of the asynchronous class works on a handle of the synchronous one: both hold the same native database. */
const offThreadExec = OffThread.prototype.exec as unknown as (
  this: InstanceType<typeof Native>,
  sql: string,
) => Promise<void>;

/**
 * Once `unload` has been told, the runtime frees native objects while code may still run: a call would read freed memory
 * and take the whole process with it. A test that fails leaves such code behind.
 */
let unloaded = false;
globalThis.addEventListener("unload", () => unloaded = true);

/** One native connection with a cache of prepared statements. Every call but one is synchronous. */
export class Connection {
  readonly #opened: InstanceType<typeof Native>;
  readonly #statements = new Map<string, Prepared>();
  readonly #member: Partial<Record<keyof typeof MEMBER, NativeStatement>> = {};
  #schemaTouched = false;

  constructor(path: string, pragmas: readonly string[]) {
    // timeout 0: SQLite's own busy handler would block the event loop.
    if (unloaded) throw ended();
    this.#opened = new Native(path, { timeout: 0 });
    for (const pragma of pragmas) this.exec(`pragma ${pragma}`);
  }

  get #native(): InstanceType<typeof Native> {
    if (unloaded) throw ended();
    return this.#opened;
  }

  get inTransaction(): boolean {
    return this.#native.inTransaction;
  }

  /** True once after a statement that may have changed the schema. */
  takeSchemaTouched(): boolean {
    const touched = this.#schemaTouched;
    this.#schemaTouched = false;
    return touched;
  }

  execute(sql: string, args: InArgs = []): ResultSet {
    return this.#with(sql, args, (prepared, bound) => prepared.run(bound));
  }

  /** The rows without names, for a caller that knows the columns. */
  values(sql: string, args: InArgs): unknown[][] {
    return this.#with(sql, args, (prepared, bound) => prepared.values(bound));
  }

  /** The first of them, and no more than that is read. */
  first(sql: string, args: InArgs): unknown[] | undefined {
    return this.#with(sql, args, (prepared, bound) => prepared.first(bound));
  }

  /** The columns that a statement would give, without running it. */
  describe(sql: string): Pick<Prepared, "columns" | "columnTypes"> {
    try {
      return new Prepared(this.#native, sql, -1);
    } catch (thrown) {
      throw asAppError(thrown);
    }
  }

  /** Opens, undoes or keeps the savepoint of a member. */
  member(step: keyof typeof MEMBER): void {
    const native = this.#native; // asked for each time: it refuses once the runtime has ended
    try {
      (this.#member[step] ??= nativeStatement(native, MEMBER[step])).run(NO_ARGS);
    } catch (thrown) {
      throw asAppError(thrown);
    }
  }

  /** Statements without parameters or rows. The only form in which a `begin` that meets a lock leaves no trace. */
  exec(sql: string): void {
    try {
      this.#native.exec(sql);
    } catch (thrown) {
      throw asAppError(thrown);
    }
  }

  /** The same on another thread: the fsync of a commit does not stop the event loop. Nothing else may run meanwhile. */
  async execOffThread(sql: string): Promise<void> {
    try {
      await offThreadExec.call(this.#native, sql);
    } catch (thrown) {
      throw asAppError(thrown);
    }
  }

  /** Drops the prepared statements, whose columns are stale after a change of the schema. */
  forget(): void {
    this.#statements.clear();
  }

  close(): void {
    this.#statements.clear();
    if (!unloaded) this.#opened.close();
  }

  #with<T>(sql: string, args: InArgs, work: (prepared: Prepared, bound: Arguments) => T): T {
    const bound = bind(args);
    if (unloaded) throw ended();
    try {
      const prepared = this.#prepare(sql, Array.isArray(bound) ? bound.length : -1);
      if (prepared.kind === "schema") this.#schemaTouched = true;
      return work(prepared, bound);
    } catch (thrown) {
      this.#statements.delete(sql);
      throw asAppError(thrown);
    }
  }

  #prepare(sql: string, arity: number): Prepared {
    const known = this.#statements.get(sql);
    // Parameters left out keep their last value in a native statement: never reuse one with another arity.
    if (known !== undefined && known.arity === arity) return known;
    const prepared = new Prepared(this.#native, sql, arity);
    const oldest = this.#statements.size >= STATEMENTS_KEPT
      ? this.#statements.keys().next().value
      : undefined;
    if (oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

function ended(): AppError {
  return new AppError("shutting_down", "The process is ending, and its database with it");
}
