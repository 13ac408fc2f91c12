/** What a cell holds. `time` is UTC milliseconds, `duration` milliseconds. */
export type CellKind = "text" | "number" | "time" | "duration" | "flag";
export type Cell = string | number | boolean | null;
export type Row = readonly Cell[];

export interface TableColumn {
  readonly key: string;
  readonly label: string;
  readonly kind: CellKind;
  /** How values are said to people who read the table, by value. */
  readonly says?: ReadonlyMap<Cell, string>;
}

/** A table on its way out: its rows come in batches and are never all in memory. */
export interface Table {
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly batches: AsyncIterable<readonly Row[]>;
  /** The clock on the reader's wall at an instant, as milliseconds that read as if they were UTC. */
  readonly wall: (at: number) => number;
}

/** Writes a table in one format, piece by piece. Throws what the batches throw: what was written till then is void. */
export type TableWriter = (table: Table) => AsyncGenerator<Uint8Array>;

/** The formats that need a vendor's library. */
export interface TableWriters {
  readonly xlsx: TableWriter;
  /** Throws `not_at_the_edge` where there is none. */
  readonly pdf: TableWriter;
}
