import { createHash } from "node:crypto";
import { AppError } from "../../kernel/errors.ts";
import type { BlobInfo } from "../../ports/blobs.ts";

/** Counts and hashes what passes. `add` throws AppError `payload_too_large` past `maxBytes`. */
export function createMeasure(maxBytes = Infinity): { add(bytes: Uint8Array): void; info(): BlobInfo } {
  const hash = createHash("sha256");
  let size = 0;
  return {
    add(bytes) {
      size += bytes.byteLength;
      if (size > maxBytes) {
        throw new AppError("payload_too_large", `The file is larger than ${maxBytes} bytes`, {
          extra: { max_bytes: maxBytes },
        });
      }
      hash.update(bytes);
    },
    info: () => ({ size, sha256: hash.digest("hex") }),
  };
}

/** The body's parts; whoever stops early cancels the source. */
export async function* partsOf(body: Uint8Array | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) return yield body;
  const reader = body.getReader();
  let done = false;
  try {
    while (true) {
      const part = await reader.read();
      done = part.done;
      if (part.done) return;
      yield part.value;
    }
  } finally {
    if (!done) await reader.cancel().catch(() => {});
  }
}
