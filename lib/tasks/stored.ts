import type { Ctx } from "../context.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import { type BlobStore, readAll } from "../ports/blobs.ts";
import { TASK_LIMITS } from "./schemas.ts";

/** A value as a row keeps it: itself, or where its JSON is in the blob store. */
export type Stored = { readonly value: unknown } | { readonly blob: string; readonly bytes: number };

/**
 * The JSON of a value. Throws AppError `validation_failed` for what JSON can't say: a function, a cycle, a number
 * that is none, nothing where something is needed.
 */
export function serialise(value: unknown, what: string): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value ?? null, refuseUnsayable);
  } catch (thrown) {
    throw new AppError("validation_failed", `${what} can't be written as JSON: ${messageOf(thrown)}`);
  }
  if (json === undefined) throw new AppError("validation_failed", `${what} can't be written as JSON`);
  return json;
}

function refuseUnsayable(key: string, value: unknown): unknown {
  const where = key === "" ? "" : ` at "${key.slice(0, 100)}"`;
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`${value}${where} is no number`);
  }
  if (typeof value === "function" || typeof value === "symbol") {
    throw new TypeError(`there is a ${typeof value}${where}`);
  }
  return value;
}

const encoder = new TextEncoder();

export interface Keeping {
  readonly blobs: () => BlobStore;
  readonly key: () => string;
  readonly maxBytes: number;
  /** Names the value in errors. */
  readonly what: string;
}

/** A small value stays in the row; the rest goes to the blob store. Throws 413, and 422 for what is no JSON. */
export async function keep(value: unknown, { blobs, key, maxBytes, what }: Keeping): Promise<Stored> {
  const json = serialise(value, what);
  // A character is at most three bytes, so most values need no count.
  if (json.length * 3 <= TASK_LIMITS.inline) return { value };
  if (json.length > maxBytes) throw tooLarge(what, maxBytes);
  const bytes = encoder.encode(json);
  if (bytes.byteLength <= TASK_LIMITS.inline) return { value };
  if (bytes.byteLength > maxBytes) throw tooLarge(what, maxBytes);
  const blob = key();
  await blobs().put(blob, bytes, { contentType: "application/json", maxBytes });
  return { blob, bytes: bytes.byteLength };
}

function tooLarge(what: string, maxBytes: number): AppError {
  return new AppError("payload_too_large", `${what} is larger than ${maxBytes} bytes`, {
    extra: { max_bytes: maxBytes },
  });
}

/** The row's own column: what was stored, as far as it is of that form. */
export function asStored(column: unknown): Stored | null {
  if (typeof column !== "object" || column === null) return null;
  const { value, blob, bytes } = column as { value?: unknown; blob?: unknown; bytes?: unknown };
  if (typeof blob === "string") return { blob, bytes: typeof bytes === "number" ? bytes : 0 };
  return { value };
}

/** The value itself. Throws AppError `gone` when its blob is no longer there. */
export async function load(ctx: Ctx, stored: Stored): Promise<unknown> {
  if ("value" in stored) return stored.value;
  const blob = await ctx.ports.blobs.get(stored.blob);
  if (blob === null) throw new AppError("gone", "What was stored of this task is no longer there");
  return JSON.parse(new TextDecoder().decode(await readAll(blob.body)));
}

/** Deletes the blobs of columns that nobody reads any more. What fails is left to the next retention run. */
export async function dropStored(ctx: Ctx, columns: readonly unknown[]): Promise<void> {
  for (const column of columns) {
    const stored = asStored(column);
    if (stored !== null && "blob" in stored) await ctx.ports.blobs.delete(stored.blob).catch(() => {});
  }
}
