import { nextTurn } from "./clock.ts";
import type { ZodType } from "zod";
import { AppError, invalid } from "./errors.ts";
import { type CsvRecord, fromNeutral, parseCsv } from "./csv.ts";
import { fieldErrorsOf } from "./issues.ts";

/** What is wrong with one line: on which line of the file, in which of its columns, and what. */
export interface BadLine {
  readonly line: number;
  readonly column: string | null;
  readonly message: string;
}

export interface CsvRows<T> {
  readonly rows: readonly { readonly line: number; readonly value: T }[];
  readonly bad: readonly BadLine[];
  /** Columns of the file that mean nothing here. */
  readonly ignored: readonly string[];
}

export interface CsvShape<T> {
  /** Fields and the names that their column may have, compared without case, accents and signs. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Without these columns the file can't be read at all. */
  readonly needed: readonly string[];
  /** Of a column that none of them names: the field, such as `custom.zona`; null: ignored. */
  readonly other?: (header: string) => string | null;
  readonly schema: ZodType<T>;
  /** The schema's input of a record; `cells` are the filled cells by field. */
  readonly toInput: (cells: Readonly<Record<string, string>>) => unknown;
  readonly maxRows: number;
}

const plain = (name: string) => name.normalize("NFKD").replace(/[^\p{L}\p{N}.]/gu, "").toLowerCase();

const ROWS_A_TURN = 200;
const UNCLOSED = "opens a quote that never closes: it and all lines below are not read";

/** Reads a CSV text into rows of a schema, letting others have their turns. Throws 422 only when it has no usable header, or too many lines. */
export async function readCsvRows<T>(text: string, shape: CsvShape<T>): Promise<CsvRows<T>> {
  const [header, ...records] = parseCsv(text);
  if (header?.unclosed) throw invalid("file", "has a header that opens a quote that never closes");
  if (header === undefined || records.length === 0) throw invalid("file", "has no lines under its header");
  if (records.length > shape.maxRows) {
    throw invalid("file", `has ${records.length} lines, the most is ${shape.maxRows}: split it`);
  }
  const fields = header.cells.map((name) => fieldOf(name, shape));
  const doubled = header.cells.flatMap((name, at) => {
    const field = fields[at] ?? null;
    const first = field === null ? at : fields.indexOf(field);
    return first === at ? [] : [`"${header.cells[first]}" and "${name}"`];
  });
  if (doubled.length > 0) {
    throw invalid("file", `has two columns that say the same: ${doubled.join(", ")}. Leave one of them out`);
  }
  const missing = shape.needed.filter((field) => !fields.includes(field));
  if (missing.length > 0) {
    const detail = `The file lacks the columns ${missing.join(", ")}; it has ${header.cells.join(", ")}`;
    throw new AppError("validation_failed", detail, {
      errors: missing.map((field) => ({ path: `file.${field}`, message: "is missing in the header" })),
    });
  }
  const rows: { line: number; value: T }[] = [];
  const bad: BadLine[] = [];
  // A column may stand for something deeper: `contract_ends` or `custom.zona`.
  const columnOf = (path: readonly PropertyKey[]) => {
    const names = path.map(String);
    const at = [names.join("."), names.join("_"), names.at(-1), names[0]].map((name) =>
      fields.indexOf(name ?? "")
    )
      .find((found) => found >= 0);
    return (at === undefined ? names.join(".") : header.cells[at]) || null;
  };
  for (const [at, record] of records.entries()) {
    if (at % ROWS_A_TURN === ROWS_A_TURN - 1) await nextTurn();
    if (record.unclosed) {
      bad.push({ line: record.line, column: null, message: UNCLOSED });
      continue;
    }
    const extra = record.cells.length - header.cells.length;
    if (extra > 0 && record.cells.slice(header.cells.length).some((cell) => cell !== "")) {
      bad.push({
        line: record.line,
        column: null,
        message: `has ${record.cells.length} cells, the header ${header.cells.length}`,
      });
      continue;
    }
    const parsed = shape.schema.safeParse(shape.toInput(cellsOf(record, fields)));
    if (parsed.success) rows.push({ line: record.line, value: parsed.data });
    else {
      for (const { path, message } of fieldErrorsOf(parsed.error)) {
        bad.push({ line: record.line, column: columnOf(path.split(".")), message });
      }
    }
  }
  return { rows, bad, ignored: header.cells.filter((_, at) => fields[at] === null) };
}

function fieldOf<T>(name: string, { columns, other }: CsvShape<T>): string | null {
  const wanted = plain(name);
  const known = Object.entries(columns).find(([field, names]) =>
    [field, ...names].some((one) => plain(one) === wanted)
  );
  return known?.[0] ?? other?.(name) ?? null;
}

function cellsOf({ cells }: CsvRecord, fields: readonly (string | null)[]): Record<string, string> {
  const found: [string, string][] = [];
  for (const [at, field] of fields.entries()) {
    const cell = fromNeutral(cells[at] ?? "");
    if (field !== null && cell !== "") found.push([field, cell]);
  }
  return Object.fromEntries(found);
}
