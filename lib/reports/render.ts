import type { Ctx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import { csvLine } from "../kernel/csv.ts";
import { iso, nextTurn } from "../kernel/clock.ts";
import type { Cell, CellKind, Row, Table, TableColumn } from "../ports/tables.ts";
import { createGroups } from "./group.ts";
import type { Plan } from "./plan.ts";
import type { Format } from "./schemas.ts";
import { countRows, type Place, selectRows } from "./store.ts";

/** Rows of one read: others wait for it. */
const BATCH = 500;
/** A PDF is for reading; more rows than this are not read. */
const PDF_ROWS = 5000;

interface FormatKind {
  readonly contentType: string;
  /** Read by people and not by programs: states and the like are said in their language. */
  readonly forPeople: boolean;
  readonly write: (ctx: Ctx, table: Table) => AsyncGenerator<Uint8Array>;
}

const FORMAT = {
  json: {
    contentType: "application/json; charset=utf-8",
    forPeople: false,
    write: (_, table) => writeJson(table),
  },
  csv: { contentType: "text/csv; charset=utf-8", forPeople: false, write: (_, table) => writeCsv(table) },
  xlsx: {
    contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    forPeople: true,
    write: (ctx, table) => ctx.ports.tables.xlsx(table),
  },
  pdf: {
    contentType: "application/pdf",
    forPeople: true,
    write: (ctx, table) => ctx.ports.tables.pdf(table),
  },
} as const satisfies Record<Format, FormatKind>;

export interface Rendered {
  readonly name: string;
  readonly contentType: string;
  readonly body: ReadableStream<Uint8Array>;
  /** Rows written so far; final when the body has ended. */
  readonly rows: () => number;
}

/** A report as a stream: what is not asked for yet is not read yet. Throws 422 when it is too long for a PDF. */
export async function render(ctx: Ctx, { plan, format }: { plan: Plan; format: Format }): Promise<Rendered> {
  if (format === "pdf" && plan.groups === null) {
    const rows = await countRows(ctx, { ...plan, most: PDF_ROWS + 1 });
    if (rows > PDF_ROWS) {
      throw new AppError("validation_failed", `format: a PDF holds ${PDF_ROWS} rows; ask for xlsx or csv`, {
        errors: [{ path: "format", message: `a PDF holds ${PDF_ROWS} rows; ask for xlsx or csv` }],
      });
    }
  }
  let rows = 0;
  const counted = async function* () {
    for await (const batch of plan.groups === null ? rowsOf(ctx, plan) : groupsOf(ctx, plan)) {
      rows += batch.length;
      yield batch;
    }
  };
  const { title, columns, wall } = plan;
  const { contentType, write, forPeople } = FORMAT[format];
  const batches = forPeople ? said(counted(), columns) : counted();
  const body = streamOf(write(ctx, { title, columns, wall, batches }));
  const day = iso(wall(ctx.now())).slice(0, 10);
  return { name: `${title} ${day}.${format}`, contentType, body, rows: () => rows };
}

async function* said(
  batches: AsyncIterable<readonly Row[]>,
  columns: readonly TableColumn[],
): AsyncGenerator<Row[]> {
  for await (const batch of batches) {
    yield batch.map((row) => row.map((cell, at) => columns[at]?.says?.get(cell) ?? cell));
  }
}

async function* rowsOf(ctx: Ctx, plan: Plan): AsyncGenerator<Row[]> {
  let after: Place | null = null;
  for (;;) {
    ctx.signal?.throwIfAborted();
    const rows = await selectRows(ctx, { ...plan, columns: plan.read, after, limit: BATCH });
    if (rows.length > 0) yield rows.map(({ cells }) => cells);
    after = rows.at(-1) ?? null;
    if (rows.length < BATCH || after === null) return;
    await nextTurn();
  }
}

async function* groupsOf(ctx: Ctx, plan: Plan): AsyncGenerator<Row[]> {
  if (plan.groups === null) return;
  const groups = createGroups(plan.groups);
  for await (const batch of rowsOf(ctx, plan)) for (const row of batch) groups.add(row);
  yield groups.rows();
}

function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

const encoder = new TextEncoder();
/** Without it Excel reads UTF-8 as Windows-1252. */
const BYTE_ORDER_MARK = "\ufeff";

async function* writeCsv({ columns, batches }: Table): AsyncGenerator<Uint8Array> {
  yield encoder.encode(BYTE_ORDER_MARK + csvLine(columns.map(({ label }) => label)));
  for await (const batch of batches) {
    yield encoder.encode(batch.map((row) => csvLine(plainRow(row, columns))).join(""));
  }
}

async function* writeJson({ columns, batches }: Table): AsyncGenerator<Uint8Array> {
  const heads = columns.map(({ key, label, kind }) => ({ key, label, kind }));
  yield encoder.encode(`{"columns":${JSON.stringify(heads)},"data":[`);
  let first = true;
  for await (const batch of batches) {
    const rows = batch.map((row) => {
      const cells = plainRow(row, columns);
      return JSON.stringify(Object.fromEntries(columns.map(({ key }, at) => [key, cells[at] ?? null])));
    });
    if (rows.length > 0) yield encoder.encode((first ? "" : ",") + rows.join(","));
    first &&= rows.length === 0;
  }
  yield encoder.encode('],"next_cursor":null}');
}

/** Times as ISO 8601, durations as seconds: what other programs read. */
export function plainRow(row: Row, columns: readonly { readonly kind: CellKind }[]): Cell[] {
  return columns.map(({ kind }, at) => {
    const value = row[at] ?? null;
    if (typeof value !== "number") return value;
    return kind === "time" ? iso(value) : kind === "duration" ? value / 1000 : value;
  });
}
