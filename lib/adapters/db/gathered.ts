import type { Connection } from "./connection.ts";

/** A row for a statement that takes those of a whole group, as one JSON text. */
export interface Gathered {
  readonly sql: string;
  readonly row: readonly unknown[];
}

/** Each statement once, with the rows of all members in their order. */
export function writeGathered(connection: Connection, all: readonly Gathered[]): void {
  for (const [sql, rows] of Map.groupBy(all, (one) => one.sql)) {
    connection.execute(sql, [JSON.stringify(rows.map(({ row }) => row))]);
  }
}
