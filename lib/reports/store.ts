import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import type { Cell, CellKind, Row } from "../ports/tables.ts";
import type { Dataset, DatasetColumn } from "./dataset.ts";
import type { Filter, PlannedFilter } from "./schemas.ts";

/** Where a page of a dataset begins: behind the row of this time and id. */
export interface Place {
  readonly time: number;
  readonly id: string;
}

export interface RowQuery {
  readonly dataset: Dataset;
  readonly columns: readonly DatasetColumn[];
  readonly filters: readonly PlannedFilter[];
  /** UTC milliseconds, `to` excluded. */
  readonly from: number | null;
  readonly to: number | null;
  readonly after: Place | null;
  readonly limit: number;
  /** Rows in the order of their last change in place of their beginning. */
  readonly byChange?: boolean;
}

export interface PlacedRow extends Place {
  readonly cells: Row;
}

/** The next rows of the workspace in order of time and id. */
export async function selectRows(ctx: Ctx, query: RowQuery): Promise<PlacedRow[]> {
  const { dataset, columns, after, limit, byChange = false } = query;
  const { id } = dataset;
  const time = byChange ? dataset.changed : dataset.time;
  const conditions = conditionsOf(ctx, { ...query, dataset: { ...dataset, time } });
  if (after !== null) conditions.push(sql`(${time}, ${id}) > (${after.time}, ${after.id})`);
  const values = sql.join([time, id, ...columns.map(({ value }) => value)], sql`, `);
  const rows = await ctx.db.values<Cell[]>(
    sql`select ${values} from ${dataset.from} where ${sql.join(conditions, sql` and `)}
      order by ${time}, ${id} limit ${limit}`,
  );
  const kinds = columns.map(({ kind }) => kind);
  return rows.map(([at, key, ...cells]) => ({
    time: Number(at),
    id: String(key),
    cells: cells.map((cell, index) => typed(cell, kinds[index] ?? "text")),
  }));
}

/** How many rows there are, counted up to `most`. */
export async function countRows(
  ctx: Ctx,
  query: Omit<RowQuery, "columns" | "after" | "limit"> & { most: number },
): Promise<number> {
  const conditions = sql.join(conditionsOf(ctx, query), sql` and `);
  const [row] = await ctx.db.values<[number]>(
    sql`select count(*) from (select 1 from ${query.dataset.from} where ${conditions} limit ${query.most})`,
  );
  return row?.[0] ?? 0;
}

function typed(value: Cell, kind: CellKind): Cell {
  return kind === "flag" && value !== null ? Boolean(value) : value;
}

function conditionsOf(
  ctx: Ctx,
  { dataset, filters, from, to }: Pick<RowQuery, "dataset" | "filters" | "from" | "to">,
): SQL[] {
  const conditions = [sql`${dataset.workspace} = ${ctx.workspaceId}`];
  if (from !== null) conditions.push(sql`${dataset.time} >= ${from}`);
  if (to !== null) conditions.push(sql`${dataset.time} < ${to}`);
  for (const { column, op, value, spans } of filters) {
    const of = dataset.columns[column];
    if (of === undefined) continue;
    conditions.push(
      spans === undefined ? CONDITION[op](of.value, value ?? null) : inSpans(of.value, { op, spans }),
    );
  }
  return conditions;
}

/** `ne` is true of what has no time at all, too. */
function inSpans(of: SQL, { op, spans }: Required<Pick<PlannedFilter, "op" | "spans">>): SQL {
  const any = sql.join(spans.map(({ from, to }) => sql`(${of} >= ${from} and ${of} < ${to})`), sql` or `);
  return op === "ne" ? sql`(${of} is null or not (${any}))` : sql`(${any})`;
}

type Given = Filter["value"] | null;

const list = (given: Given) =>
  sql.join((Array.isArray(given) ? given : [given]).map((one) => sql`${one}`), sql`, `);

/** SQLite folds the case of ASCII alone: other letters are looked for as they came, small and large. */
const spellings = (text: string) => [...new Set([text, text.toLowerCase(), text.toUpperCase()])];
const holds = (of: SQL, text: string) => sql`instr(lower(${of}), lower(${text})) > 0`;

const CONDITION = {
  eq: (of, given) => sql`${of} = ${given}`,
  ne: (of, given) => sql`${of} is not ${given}`,
  in: (of, given) => sql`${of} in (${list(given)})`,
  contains: (of, given) =>
    sql`(${sql.join(spellings(String(given)).map((one) => holds(of, one)), sql` or `)})`,
  lt: (of, given) => sql`${of} < ${given}`,
  lte: (of, given) => sql`${of} <= ${given}`,
  gt: (of, given) => sql`${of} > ${given}`,
  gte: (of, given) => sql`${of} >= ${given}`,
  empty: (of) => sql`(${of} is null or ${of} = '')`,
  not_empty: (of) => sql`(${of} is not null and ${of} <> '')`,
} as const satisfies Record<Filter["op"], (of: SQL, given: Given) => SQL>;
