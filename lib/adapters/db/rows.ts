import type { ResultSet, Row } from "@libsql/client";

/** A result as libSQL's client gives it. */
export class Result implements ResultSet {
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
 * Rows as libSQL promises them: values by name (own, enumerable), by index and with `length` (not enumerable). The
 * indexes live on a class made once a statement, which is cheaper than defining them on every row.
 */
export function rowMaker(columns: readonly string[]): (values: readonly unknown[]) => Row {
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
  return (values) => asRow(new ValueRow(values));
}

/** The class above has exactly the members of a Row; TypeScript can't see properties that a loop defines. */
function asRow(row: object): Row {
  return row as Row;
}
