import type { InArgs, InValue, ResultSet, Row } from "@libsql/client";
import Native from "libsql";
import OffThread from "libsql/promise";
import { AppError } from "../../kernel/errors.ts";
import { kindOf, type StatementKind } from "./statement-kind.ts";

const STATEMENTS_KEPT = 500;
const UNSAFE = Number.MAX_SAFE_INTEGER;
/** The native layer hands text over as a C string, so a NUL would cut it silently. */
const NUL = "\0";

type Bound = number | string | bigint | Uint8Array | null;

interface Prepared {
  readonly kind: StatementKind;
  readonly native: NativeStatement;
  readonly arity: number;
  readonly columns: string[];
  readonly columnTypes: string[];
  readonly makeRow: ((values: unknown[]) => Row) | null;
}

/** The part of a native statement that is used here; the package types its parameters as tuples. */
interface NativeStatement {
  readonly reader: boolean;
  raw(on: boolean): unknown;
  all(args: readonly Bound[] | Readonly<Record<string, Bound>>): unknown[][];
  run(
    args: readonly Bound[] | Readonly<Record<string, Bound>>,
  ): { changes: number; lastInsertRowid: number | bigint };
  columns(): readonly { readonly name: string; readonly type: string | null }[];
}

/** One native connection with a cache of prepared statements. Every call is synchronous. */
export class Connection {
  readonly #native: InstanceType<typeof Native>;
  readonly #statements = new Map<string, Prepared>();
  #schemaTouched = false;

  constructor(path: string, pragmas: readonly string[]) {
    // timeout 0: SQLite's own busy handler would block the event loop.
    this.#native = new Native(path, { timeout: 0 });
    for (const pragma of pragmas) this.exec(`pragma ${pragma}`);
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
    const bound = bind(args);
    const prepared = this.#prepare(sql, Array.isArray(bound) ? bound.length : -1);
    if (prepared.kind === "schema") this.#schemaTouched = true;
    try {
      return run(prepared, bound);
    } catch (thrown) {
      this.#statements.delete(sql);
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
    this.#native.close();
  }

  #prepare(sql: string, arity: number): Prepared {
    const known = this.#statements.get(sql);
    // Parameters left out keep their last value in a native statement: never reuse one with another arity.
    if (known !== undefined && known.arity === arity) return known;
    let prepared: Prepared;
    try {
      prepared = prepare(this.#native.prepare(sql) as unknown as NativeStatement, { sql, arity });
    } catch (thrown) {
      throw asAppError(thrown);
    }
    const oldest = this.#statements.size >= STATEMENTS_KEPT
      ? this.#statements.keys().next().value
      : undefined;
    if (oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/** `exec` of the asynchronous class works on a handle of the synchronous one: both hold the same native database. */
const offThreadExec = OffThread.prototype.exec as unknown as (
  this: InstanceType<typeof Native>,
  sql: string,
) => Promise<void>;

function prepare(native: NativeStatement, { sql, arity }: { sql: string; arity: number }): Prepared {
  const kind = kindOf(sql);
  if (!native.reader) return { kind, native, arity, columns: [], columnTypes: [], makeRow: null };
  native.raw(true);
  const described = native.columns();
  const columns = described.map(({ name }) => name);
  const columnTypes = described.map(({ type }) => type ?? "");
  return { kind, native, arity, columns, columnTypes, makeRow: rowMaker(columns, columnTypes) };
}

function run(
  { native, kind, columns, columnTypes, makeRow }: Prepared,
  args: ReturnType<typeof bind>,
): ResultSet {
  if (makeRow === null) {
    const { changes, lastInsertRowid } = native.run(args);
    return new Result({
      columns,
      columnTypes,
      rows: [],
      rowsAffected: changes,
      lastInsertRowid: BigInt(lastInsertRowid),
    });
  }
  const rows = native.all(args).map(makeRow);
  // RETURNING gives a row for every row written; the native layer reports none.
  const rowsAffected = kind === "write" ? rows.length : 0;
  return new Result({ columns, columnTypes, rows, rowsAffected, lastInsertRowid: undefined });
}

class Result implements ResultSet {
  readonly columns: string[];
  readonly columnTypes: string[];
  readonly rows: Row[];
  readonly rowsAffected: number;
  readonly lastInsertRowid: bigint | undefined;

  constructor(result: Omit<ResultSet, "toJSON">) {
    this.columns = result.columns;
    this.columnTypes = result.columnTypes;
    this.rows = result.rows;
    this.rowsAffected = result.rowsAffected;
    this.lastInsertRowid = result.lastInsertRowid;
  }

  toJSON() {
    return { ...this, lastInsertRowid: this.lastInsertRowid?.toString() };
  }
}

/**
 * Rows as libSQL promises them: values by name (own, enumerable) and by index with `length` (not enumerable). The
 * indexes live on a class made once a statement, which costs a third of defining them on every row.
 */
function rowMaker(columns: readonly string[], columnTypes: readonly string[]): (values: unknown[]) => Row {
  class ValueRow {
    readonly #values: readonly unknown[];
    constructor(values: readonly unknown[]) {
      this.#values = values;
      for (let i = 0; i < columns.length; i++) Reflect.set(this, columns[i] ?? "", values[i]);
    }
    static at(row: ValueRow, index: number): unknown {
      return row.#values[index];
    }
  }
  Object.defineProperty(ValueRow.prototype, "length", { value: columns.length });
  for (let i = 0; i < columns.length; i++) {
    Object.defineProperty(ValueRow.prototype, i, {
      get(this: ValueRow) {
        return ValueRow.at(this, i);
      },
    });
  }
  const integers = columnTypes.map((type) => /int/i.test(type));
  return (values) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value instanceof Uint8Array) values[i] = value.slice().buffer;
      else if (typeof value === "number" && (value > UNSAFE || value < -UNSAFE) && integers[i] === true) {
        throw new RangeError(
          `The integer in column "${columns[i]}" is too large for a number: store it as text`,
        );
      }
    }
    return asRow(new ValueRow(values));
  };
}

/** The class above has exactly the members of a Row; TypeScript can't see properties that a loop defines. */
function asRow(row: object): Row {
  return row as Row;
}

function bind(args: InArgs): Bound[] | Record<string, Bound> {
  if (Array.isArray(args)) return args.map(toBound);
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name.replace(/^[:@$]/, ""), toBound(value)]),
  );
}

function toBound(value: InValue): Bound {
  switch (typeof value) {
    case "string":
      if (value.includes(NUL)) {
        throw new AppError("validation_failed", "Text must not contain the NUL character");
      }
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      throw new RangeError("Only finite numbers can be stored");
    case "bigint":
      if (BigInt.asIntN(64, value) === value) return value;
      throw new RangeError("The bigint does not fit 64 bits");
    case "boolean":
      return value ? 1 : 0;
    case "object":
      if (value === null || value instanceof Uint8Array) return value;
      if (value instanceof ArrayBuffer) return new Uint8Array(value);
      if (value instanceof Date) return value.getTime();
  }
  throw new TypeError(`A value of type ${typeof value} can't be stored`);
}

const FULL_RETRY_MS = 30_000;
const BUSY_RETRY_MS = 1000;

/** Says a lock and a full disk in the words of the error catalogue; everything else passes as it is. */
export function asAppError(thrown: unknown): unknown {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  if (typeof code !== "string") return thrown;
  if (code.startsWith("SQLITE_FULL")) {
    return new AppError("storage_full", "The database is full: nothing was written", {
      cause: thrown,
      retryAfterMs: FULL_RETRY_MS,
    });
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) return busy(thrown);
  return thrown;
}

/** The database is held by somebody else for longer than a caller should wait. */
export function busy(cause?: unknown, detail = "The database is busy: nothing was written"): AppError {
  return new AppError("busy", detail, {
    retryAfterMs: BUSY_RETRY_MS,
    ...(cause === undefined ? {} : { cause }),
  });
}
