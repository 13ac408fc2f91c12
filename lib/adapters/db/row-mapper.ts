import { Column, is, SQL, Subquery } from "drizzle-orm";

/** A selected column or expression and where its value goes, as drizzle orders them. */
export interface Selected {
  readonly path: readonly string[];
  readonly field: unknown;
}

type Decode = (value: unknown) => unknown;
/** null: the row holds a blob, which drizzle turns into a Buffer. */
type ToObject = (row: readonly unknown[]) => Record<string, unknown> | null;

/**
 * Makes objects of the rows of a flat selection, with everything that drizzle works out for each value of each row
 * worked out once. null where drizzle has more to do: objects within the object, as of `select()` over a join.
 */
export function rowMapper(selected: readonly Selected[]): ToObject | null {
  if (selected.some(({ path }) => path.length !== 1)) return null;
  const names = selected.map(({ path }) => path[0] ?? "");
  const decoders = selected.map(({ field }) => decoderOf(field));
  const empty = Object.fromEntries(names.map((name) => [name, null]));
  return (row) => {
    // A copy has all keys from the start, so that rows share their hidden class.
    const object: Record<string, unknown> = { ...empty };
    for (let i = 0; i < names.length; i++) {
      const value = row[i];
      if (value === null) continue;
      if (typeof value === "object") return null;
      const decode = decoders[i];
      object[names[i] ?? ""] = decode === null || decode === undefined ? value : decode(value);
    }
    return object;
  };
}

/** null: the value stays as it is. */
function decoderOf(field: unknown): Decode | null {
  const decoder = is(field, Column)
    ? field
    : hidden(is(field, SQL) ? field : is(field, Subquery) ? field._.sql : hidden(field).sql).decoder;
  if (decoder.mapFromDriverValue === Column.prototype.mapFromDriverValue) return null;
  return (value) => decoder.mapFromDriverValue(value);
}

interface Decoder {
  mapFromDriverValue(value: unknown): unknown;
}

/** What drizzle's types keep to themselves; pinned with it and covered by tests/unit/db/row-mapper.test.ts. */
function hidden(field: unknown): { readonly decoder: Decoder; readonly sql: unknown } {
  return field as { decoder: Decoder; sql: unknown };
}
