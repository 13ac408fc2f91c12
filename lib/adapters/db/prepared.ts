import type { ResultSet } from "@libsql/client";
import type Native from "libsql";
import type { Arguments } from "./bind.ts";
import { Result, rowMaker } from "./rows.ts";
import { kindOf, type StatementKind } from "./statement-kind.ts";

/** The part of a native statement that is used here; the package types its parameters as tuples. */
export interface NativeStatement {
  readonly reader: boolean;
  raw(on: boolean): unknown;
  all(args: Arguments): unknown[][];
  get(args: Arguments): unknown[] | undefined;
  run(args: Arguments): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  columns(): readonly { readonly name: string; readonly type: string | null }[];
}

export function nativeStatement(database: InstanceType<typeof Native>, sql: string): NativeStatement {
  return database.prepare(sql) as unknown as NativeStatement;
}

/** A statement of one connection, made ready once. */
export class Prepared {
  readonly kind: StatementKind;
  readonly #native: NativeStatement;
  readonly #prepare: () => NativeStatement;
  /** For `first` alone: the native `get` after an `all` of one statement runs with the values of that `all`. */
  #single: NativeStatement | null = null;
  readonly columns: string[] = [];
  readonly columnTypes: string[] = [];
  readonly #toRow: ReturnType<typeof rowMaker> | null = null;
  /** `pragma incremental_vacuum` has no columns, yet it works one page a step and stays open in between. */
  readonly #runWhole: (() => void) | null = null;

  /** `arity`: how many positional values it is run with; -1 for named ones. */
  constructor(database: InstanceType<typeof Native>, sql: string, readonly arity: number) {
    this.kind = kindOf(sql);
    this.#prepare = () => nativeStatement(database, sql);
    this.#native = this.#prepare();
    if (!this.#native.reader) {
      if (this.kind === "solo") this.#runWhole = () => void database.exec(sql);
      return;
    }
    this.#native.raw(true);
    const described = this.#native.columns();
    this.columns = described.map(({ name }) => name);
    this.columnTypes = described.map(({ type }) => type ?? "");
    this.#toRow = rowMaker(this.columns);
  }

  run(args: Arguments): ResultSet {
    const described = { columns: this.columns, columnTypes: this.columnTypes };
    if (this.#runWhole !== null) {
      this.#runWhole();
      return new Result({ ...described, rows: [], rowsAffected: 0, lastInsertRowid: undefined });
    }
    if (this.#toRow === null) {
      const { changes, lastInsertRowid } = this.#native.run(args);
      return new Result({
        ...described,
        rows: [],
        rowsAffected: changes,
        lastInsertRowid: BigInt(lastInsertRowid),
      });
    }
    const rows = this.values(args).map(this.#toRow);
    // RETURNING gives a row for every row written; the native layer reports none.
    const rowsAffected = this.kind === "write" ? rows.length : 0;
    return new Result({ ...described, rows, rowsAffected, lastInsertRowid: undefined });
  }

  /** The first row by position only; spares the native iterator, which is half the cost of a point read. */
  first(args: Arguments): unknown[] | undefined {
    // What writes is run to its end by the way that is always taken.
    if (this.#toRow === null || this.kind !== "read") return this.values(args)[0];
    if (this.#single === null) {
      this.#single = this.#prepare();
      this.#single.raw(true);
    }
    const row = this.#single.get(args);
    if (row !== undefined) this.#clean(row);
    return row;
  }

  /** The rows by position only. */
  values(args: Arguments): unknown[][] {
    if (this.#toRow === null) {
      if (this.#runWhole === null) this.#native.run(args);
      else this.#runWhole();
      return [];
    }
    const rows = this.#native.all(args);
    for (const row of rows) this.#clean(row);
    return rows;
  }

  /** Blobs as ArrayBuffer, and no integer that a number would round: as libSQL's own client has it. */
  #clean(row: unknown[]): void {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      if (typeof value === "number") {
        if (
          Number.isSafeInteger(value) || !Number.isInteger(value) || !/int/i.test(this.columnTypes[i] ?? "")
        ) {
          continue;
        }
        throw new RangeError(
          `The integer in column "${this.columns[i]}" is too large for a number: store it as text`,
        );
      }
      if (value instanceof Uint8Array) row[i] = value.slice().buffer;
    }
  }
}
