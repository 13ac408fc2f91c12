import type { Ctx } from "../context.ts";
import { AppError } from "../kernel/errors.ts";
import { serialise } from "../kernel/json.ts";
import { type BlobStore, readAll } from "../ports/blobs.ts";
import { TASK_LIMITS } from "./schemas.ts";

/** A value as a row keeps it: itself, or where its JSON is in the blob store. */
export type Stored = { readonly value: unknown } | { readonly blob: string; readonly bytes: number };

const encoder = new TextEncoder();

export interface Keeping {
  readonly blobs: () => BlobStore;
  readonly key: () => string;
  readonly maxBytes: number;
  /** Names the value in errors. */
  readonly what: string;
}

/** A small value stays in the row; the rest goes to the blob store. Throws 413, and 422 for what is no JSON. */
export async function keep(value: unknown, keeping: Keeping): Promise<Stored> {
  const json = serialise(value, keeping.what);
  return await keepApart(json, keeping) ?? { value };
}

/** The same for a value whose JSON is at hand. */
export async function keepJson(json: string, keeping: Keeping): Promise<Stored> {
  return await keepApart(json, keeping) ?? { value: JSON.parse(json) };
}

/** null: small enough for the row. */
async function keepApart(json: string, { blobs, key, maxBytes, what }: Keeping): Promise<Stored | null> {
  // A character is at most three bytes, so most values need no count.
  if (json.length * 3 <= TASK_LIMITS.inline) return null;
  if (json.length > maxBytes) throw tooLarge(what, maxBytes);
  const bytes = encoder.encode(json);
  if (bytes.byteLength <= TASK_LIMITS.inline) return null;
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
