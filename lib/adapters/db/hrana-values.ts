import type { InArgs, InStatement, ResultSet } from "@libsql/client";
import { z } from "zod";
import { bind, type Bound } from "./bind.ts";
import { Result, rowMaker } from "./rows.ts";

/** The client's side of Hrana 3 over HTTP (libsql's docs/HRANA_3_SPEC.md): statements out, rows in. */
export type WireValue =
  | { readonly type: "null" }
  | { readonly type: "integer" | "text"; readonly value: string }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "blob"; readonly base64: string };

export interface WireStatement {
  readonly sql: string;
  readonly args?: readonly WireValue[];
  readonly named_args?: readonly { readonly name: string; readonly value: WireValue }[];
  readonly want_rows: true;
}

/** Throws for a value that SQLite can't store as it is. */
export function toWire(statement: InStatement | string, args?: InArgs): WireStatement {
  const { sql, args: given = [] } = typeof statement === "string" ? { sql: statement, args } : statement;
  const bound = bind(given);
  if (Array.isArray(bound)) return { sql, args: bound.map(encoded), want_rows: true };
  const named = Object.entries(bound).map(([name, value]) => ({ name, value: encoded(value) }));
  return { sql, named_args: named, want_rows: true };
}

/** Numbers travel as floats, as libSQL's own client sends them: a column of integers turns them back. */
function encoded(value: Bound): WireValue {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "number") return { type: "float", value };
  if (typeof value === "bigint") return { type: "integer", value: `${value}` };
  return { type: "blob", base64: value.toBase64() };
}

export const wireResult = z.object({
  cols: z.array(z.object({ name: z.string().nullish(), decltype: z.string().nullish() })),
  rows: z.array(z.array(z.unknown())),
  affected_row_count: z.number(),
  last_insert_rowid: z.string().nullish(),
});
export type WireResult = z.infer<typeof wireResult>;

/** The rows by position only. */
export function toValues({ cols, rows }: WireResult): unknown[][] {
  return rows.map((row) => row.map((value, i) => decoded(value, cols[i]?.name)));
}

export function toResultSet(result: WireResult): ResultSet {
  const columns = result.cols.map(({ name }) => name ?? "");
  const rowid = result.last_insert_rowid ?? null;
  return new Result({
    columns,
    columnTypes: result.cols.map(({ decltype }) => decltype ?? ""),
    rows: toValues(result).map(rowMaker(columns)),
    rowsAffected: result.affected_row_count,
    lastInsertRowid: rowid === null ? undefined : BigInt(rowid),
  });
}

/** Safe because each member is looked at before it is used. */
function decoded(given: unknown, column: string | null | undefined): unknown {
  const { type, value, base64 } = given as { type?: unknown; value?: unknown; base64?: unknown };
  if (type === "null") return null;
  if ((type === "text" && typeof value === "string") || (type === "float" && typeof value === "number")) {
    return value;
  }
  if (type === "integer" && typeof value === "string") {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new RangeError(`The integer in column "${column}" is too large for a number: store it as text`);
  }
  if (type === "blob" && typeof base64 === "string") return Uint8Array.fromBase64(base64).buffer;
  throw new TypeError(`The database sent a value of the unknown type ${String(type)}`);
}
