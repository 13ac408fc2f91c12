import { AwsClient } from "aws4fetch";
import { AppError } from "../../kernel/errors.ts";
import { sha256Hex } from "../../kernel/text.ts";
import type { BlobStore, PutOptions } from "../../ports/blobs.ts";
import { checkKey, checkPrefix } from "./key.ts";
import { createMeasure, partsOf } from "./measure.ts";
import { createPartBuffer } from "./part-buffer.ts";
import { fieldOf, itemsOf } from "./s3-xml.ts";

export interface S3Options {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Until the answer's headers; default 60,000. */
  readonly timeoutMs?: number;
  /** Bodies past this go up in parts of it. S3's least is 5 MiB; default 8 MiB. */
  readonly partBytes?: number;
}

interface Call {
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Any store that speaks S3 (path style, Signature Version 4 with a signed body). */
export function createS3Blobs(
  options: S3Options,
  { fetch = globalThis.fetch }: { fetch?: typeof globalThis.fetch } = {},
): BlobStore {
  const { bucket, timeoutMs = 60_000, partBytes = 8 * 1024 * 1024 } = options;
  const base = `${options.endpoint.replace(/\/+$/, "")}/${bucket}`;
  const { region, accessKeyId, secretAccessKey } = options;
  const aws = new AwsClient({ region, accessKeyId, secretAccessKey, service: "s3", retries: 0 });

  /** Resolves for 2xx and 404; anything else is thrown as an AppError. */
  async function call(key: string, { method, query = {}, headers = {}, body }: Call): Promise<Response> {
    const url = `${base}${key === "" ? "" : `/${key}`}?${new URLSearchParams(query)}`.replace(/\?$/, "");
    const digest = await sha256Hex(body ?? "");
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutMs);
    try {
      const request = await aws.sign(url, {
        method,
        headers: { ...headers, "x-amz-content-sha256": digest },
        ...(body === undefined ? {} : { body }),
      });
      const response = await fetch(request, { signal: stop.signal, redirect: "manual" });
      if (response.ok || response.status === 404) return response;
      throw await failure(response);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      if (stop.signal.aborted) {
        throw new AppError("upstream_timeout", "The file store did not answer in time", { cause });
      }
      throw new AppError("upstream_failed", "The file store can't be reached", { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  async function done(response: Response, what: string): Promise<string> {
    const text = await response.text();
    // A multipart upload may fail with status 200 and an error document (S3 API, CompleteMultipartUpload).
    if (response.status === 404 || text.includes("<Error>")) {
      throw await failure(new Response(text, { status: 404 }), what);
    }
    return text;
  }

  async function putWhole(key: string, body: Uint8Array<ArrayBuffer>, options: PutOptions): Promise<void> {
    await done(await call(key, { method: "PUT", body, headers: typeOf(options) }), "put");
  }

  async function* uploadParts(key: string, uploadId: string, parts: AsyncIterable<Uint8Array<ArrayBuffer>>) {
    let number = 0;
    for await (const body of parts) {
      const partNumber = String(++number);
      const response = await call(key, { method: "PUT", body, query: { partNumber, uploadId } });
      const etag = response.headers.get("etag") ?? "";
      await done(response, "part");
      yield `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag></Part>`;
    }
  }

  async function putInParts(
    key: string,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    options: PutOptions,
  ): Promise<void> {
    const started = await done(
      await call(key, { method: "POST", query: { uploads: "" }, headers: typeOf(options) }),
      "start",
    );
    const uploadId = fieldOf(started, "UploadId");
    try {
      const list = (await Array.fromAsync(uploadParts(key, uploadId, parts))).join("");
      const body = new TextEncoder().encode(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`);
      await done(await call(key, { method: "POST", query: { uploadId }, body }), "complete");
    } catch (error) {
      await call(key, { method: "DELETE", query: { uploadId } }).then(
        (response) => response.body?.cancel(),
        () => {},
      );
      throw error;
    }
  }

  return {
    async put(key, body, options = {}) {
      checkKey(key);
      const measure = createMeasure(options.maxBytes);
      const parts = createPartBuffer(partsOf(body), { partBytes, onBytes: measure.add });
      const first = await parts.next();
      if (parts.ended) await putWhole(key, first, options);
      else await putInParts(key, parts.from(first), options);
      return measure.info();
    },
    async get(key) {
      checkKey(key);
      const response = await call(key, { method: "GET" });
      if (response.status === 404 || response.body === null) {
        await response.body?.cancel();
        return response.status === 404 ? null : { body: new Blob([]).stream(), size: 0 };
      }
      const size = Number(response.headers.get("content-length"));
      return { body: response.body.pipeThrough(exactly(size)), size };
    },
    async delete(key) {
      checkKey(key);
      await (await call(key, { method: "DELETE" })).body?.cancel();
    },
    async *list(prefix, { after } = {}) {
      checkPrefix(prefix);
      const start: Record<string, string> = after === undefined ? {} : { "start-after": after };
      let token = "";
      do {
        const next: Record<string, string> = token === "" ? start : { "continuation-token": token };
        const xml = await done(
          await call("", { method: "GET", query: { "list-type": "2", prefix, ...next } }),
          "list",
        );
        yield* itemsOf(xml);
        token = fieldOf(xml, "IsTruncated") === "true" ? fieldOf(xml, "NextContinuationToken") : "";
      } while (token !== "");
    },
  };
}

function typeOf({ contentType }: PutOptions): Record<string, string> {
  return contentType === undefined ? {} : { "content-type": contentType };
}

/** Fails the stream when the body ends early, so that half a file is never taken for a whole one. */
function exactly(size: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      controller.enqueue(chunk);
    },
    flush() {
      if (seen !== size) {
        throw new AppError("upstream_failed", `The file store sent ${seen} of ${size} bytes`);
      }
    },
  });
}

async function failure(response: Response, what = "call"): Promise<AppError> {
  const text = await response.text().catch(() => "");
  const code = fieldOf(text, "Code") || String(response.status);
  const later = response.status >= 500 || response.status === 429 || response.status === 408;
  const seconds = Number(response.headers.get("retry-after"));
  const detail = `The file store refused the ${what}: ${code}`;
  if (!later) return new AppError("upstream_rejected", detail);
  return new AppError("upstream_failed", detail, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {});
}
