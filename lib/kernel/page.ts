import { invalid } from "./errors.ts";

export interface PageRequest {
  /** 1 to 200. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly data: T[];
  readonly next_cursor: string | null;
}

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

/** An opaque cursor: base64url of a JSON array of sort keys. */
export function encodeCursor(keys: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(keys));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const NO_CURSOR = "is not a cursor of this list; leave it out to start at the beginning";

/** The refusal of a cursor that is not of this list, or not of its order. `path`: where it was given. */
export const notACursor = (path = "cursor") => invalid(path, NO_CURSOR);

/** The sort keys of a cursor that this API gave. Throws 422 for anything else. */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    const keys: unknown = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))),
    );
    const ok = Array.isArray(keys) && keys.length === length &&
      keys.every((key) => typeof key === "string" || Number.isFinite(key));
    if (ok) return keys;
  } catch { /* falls through to the refusal */ }
  throw notACursor();
}

/** A sort key that is a time, out of `decodeCursor`. Throws 422 when it is none. */
export function timeKey(key: string | number | undefined): number {
  if (typeof key === "number") return key;
  throw notACursor();
}

interface Cut<T, D> {
  readonly limit: number;
  readonly keysOf: (row: T) => (string | number)[];
  readonly toDto: (row: T) => D;
  /** Where a look that found no full page stopped short of the end: the next page begins there. */
  readonly lookedTo?: string | number | readonly (string | number)[] | null;
}

/**
 * Cuts `rows` (asked for with `limit + 1`) to a page; `keysOf` gives the sort keys of the last row kept.
 */
export function toPage<T, D>(
  rows: readonly T[],
  { limit, keysOf, toDto, lookedTo = null }: Cut<T, D>,
): Page<D> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  const more = rows.length > limit && last !== undefined;
  const next = more ? keysOf(last) : lookedTo === null ? null : [lookedTo].flat();
  return { data: kept.map(toDto), next_cursor: next === null ? null : encodeCursor(next) };
}
