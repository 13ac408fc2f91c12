const encoder = new TextEncoder();

/** Writes a line to standard output. */
export function say(text = ""): void {
  writeAll(Deno.stdout, `${text}\n`);
}

/** Writes a line to standard error. */
export function complain(text: string): void {
  writeAll(Deno.stderr, `${text}\n`);
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(to.writeSync(rest));
}

/** What a person reads: a table of a list, `key: value` lines of an object. */
export function readable(value: unknown): string {
  if (value === null || value === undefined) return "done";
  if (typeof value !== "object") return String(value);
  const data: unknown = Reflect.get(value, "data");
  if (Array.isArray(value)) return table(value);
  if (Array.isArray(data)) {
    const next: unknown = Reflect.get(value, "next_cursor");
    return typeof next === "string" ? `${table(data)}\n(more: --cursor ${next})` : table(data);
  }
  return Object.entries(value).map(([key, item]) => `${key}: ${cell(item, 2000)}`).join("\n");
}

function table(rows: readonly unknown[]): string {
  if (rows.length === 0) return "(nothing)";
  const records = rows.map((row) =>
    typeof row === "object" && row !== null ? Object.entries(row) : [["value", row]] as const
  );
  const columns = [...new Set(records.flatMap((record) => record.map(([key]) => String(key))))].slice(0, 8);
  const lines = records.map((record) => {
    const values = new Map(record.map(([key, value]) => [String(key), value]));
    return columns.map((column) => cell(values.get(column), 48));
  });
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...lines.map((line) => line[i]?.length ?? 0))
  );
  const format = (line: readonly string[]) =>
    line.map((text, i) => text.padEnd(widths[i] ?? 0)).join("  ").trimEnd();
  return [columns, ...lines].map(format).join("\n");
}

function cell(value: unknown, width: number): string {
  const text = value === null || value === undefined
    ? "-"
    : typeof value === "object"
    ? JSON.stringify(value)
    : String(value);
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length > width ? `${flat.slice(0, width - 1)}…` : flat;
}
