export interface BlobInfo {
  readonly size: number;
  /** SHA-256 of the content, lower-case hex. */
  readonly sha256: string;
}

/** Bytes under a key (`workspace/kind/id`). Keys have only `[A-Za-z0-9_./-]` and no `..`. */
export interface BlobStore {
  /** Stores all of `body` or nothing. Throws AppError `payload_too_large` past `maxBytes`. */
  put(key: string, body: Uint8Array | ReadableStream<Uint8Array>, options?: PutOptions): Promise<BlobInfo>;
  /** null when there is none. */
  get(key: string): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly size: number } | null>;
  delete(key: string): Promise<void>;
  /** In the order of keys, from the first one past `after`. */
  list(prefix: string, options?: { readonly after?: string | undefined }): AsyncIterable<ListedBlob>;
}

export interface ListedBlob {
  readonly key: string;
  readonly size: number;
  /** When it was put, by the store's clock; UTC milliseconds. */
  readonly modifiedAt: number;
}

export interface PutOptions {
  readonly contentType?: string;
  readonly maxBytes?: number;
}

export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}
