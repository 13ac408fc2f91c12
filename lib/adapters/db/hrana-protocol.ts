import type { InArgs, InValue, ResultSet } from "@libsql/client";
import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";

/** The wire of Hrana 2 and 3 over HTTP (libsql's docs/HRANA_3_SPEC.md), as far as clients use it. */
const value = z.discriminatedUnion("type", [
  z.object({ type: z.literal("null") }),
  z.object({ type: z.literal("integer"), value: z.string().regex(/^-?\d{1,19}$/) }),
  z.object({ type: z.literal("float"), value: z.number() }),
  z.object({ type: z.literal("text"), value: z.string() }),
  z.object({ type: z.literal("blob"), base64: z.base64() }),
]);

const sqlText = { sql: z.string().nullish(), sql_id: z.number().int().nullish() };

const stmt = z.object({
  ...sqlText,
  args: z.array(value).nullish(),
  named_args: z.array(z.object({ name: z.string(), value })).nullish(),
  want_rows: z.boolean().nullish(),
});

export type Condition =
  | { type: "ok" | "error"; step: number }
  | { type: "not"; cond: Condition }
  | { type: "and" | "or"; conds: Condition[] }
  | { type: "is_autocommit" };

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.enum(["ok", "error"]), step: z.number().int() }),
    z.object({ type: z.literal("not"), cond: condition }),
    z.object({ type: z.enum(["and", "or"]), conds: z.array(condition) }),
    z.object({ type: z.literal("is_autocommit") }),
  ])
);

const batch = z.object({ steps: z.array(z.object({ condition: condition.nullish(), stmt })) });

const request = z.discriminatedUnion("type", [
  z.object({ type: z.literal("execute"), stmt }),
  z.object({ type: z.literal("batch"), batch }),
  z.object({ type: z.literal("sequence"), ...sqlText }),
  z.object({ type: z.literal("describe"), ...sqlText }),
  z.object({ type: z.literal("store_sql"), sql_id: z.number().int(), sql: z.string() }),
  z.object({ type: z.literal("close_sql"), sql_id: z.number().int() }),
  z.object({ type: z.literal("get_autocommit") }),
  z.object({ type: z.literal("close") }),
]);

export const pipelineBody = z.object({ baton: z.string().nullish(), requests: z.array(request) });
export const cursorBody = z.object({ baton: z.string().nullish(), batch });

export type StreamRequest = z.infer<typeof request>;
export type Stmt = z.infer<typeof stmt>;
export type Batch = z.infer<typeof batch>;

/** The values of a statement as the client takes them. */
export function argsOf({ args, named_args: named }: Stmt): InArgs {
  if (named && named.length > 0) {
    return Object.fromEntries(named.map(({ name, value }) => [name, decoded(value)]));
  }
  return (args ?? []).map(decoded);
}

function decoded(given: z.infer<typeof value>): InValue {
  switch (given.type) {
    case "null":
      return null;
    case "integer":
      return BigInt(given.value);
    case "blob":
      return Uint8Array.fromBase64(given.base64);
    default:
      return given.value;
  }
}

export interface StmtResult {
  readonly cols: readonly { readonly name: string; readonly decltype: string | null }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly affected_row_count: number;
  readonly last_insert_rowid: string | null;
  readonly rows_read: number;
  readonly rows_written: number;
  readonly query_duration_ms: number;
}

export function toStmtResult(result: ResultSet, ms: number): StmtResult {
  return {
    cols: result.columns.map((name, i) => ({ name, decltype: result.columnTypes[i] || null })),
    rows: result.rows.map((row) => Array.from(row, encoded)),
    affected_row_count: result.rowsAffected,
    last_insert_rowid: result.lastInsertRowid?.toString() ?? null,
    rows_read: result.rows.length,
    rows_written: result.rowsAffected,
    query_duration_ms: ms,
  };
}

function encoded(given: unknown): z.input<typeof value> {
  if (typeof given === "string") return { type: "text", value: given };
  if (typeof given === "number") {
    return Number.isSafeInteger(given)
      ? { type: "integer", value: `${given}` }
      : { type: "float", value: given };
  }
  if (given instanceof ArrayBuffer) return { type: "blob", base64: new Uint8Array(given).toBase64() };
  return { type: "null" };
}

export interface HranaError {
  readonly message: string;
  readonly code: string;
}

/** A mistake of the client in the protocol itself. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code = "HRANA_PROTO_ERROR";
}

/** `SQLITE_CONSTRAINT_UNIQUE` travels as `SQLITE_CONSTRAINT`, as libSQL's own server has it. */
const BASE_CODE = /^SQLITE_[A-Z]+/;
const SQLITE_CODES: Readonly<Record<string, string>> = {
  busy: "SQLITE_BUSY",
  storage_full: "SQLITE_FULL",
  storage_failed: "SQLITE_IOERR",
};

export function toHranaError(thrown: unknown): HranaError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  if (thrown instanceof AppError) {
    return { message, code: SQLITE_CODES[thrown.code] ?? `CAUCE_${thrown.code}` };
  }
  if (typeof code !== "string") return { message, code: "SQLITE_ERROR" };
  return { message, code: BASE_CODE.exec(code)?.[0] ?? code };
}
