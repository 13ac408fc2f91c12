import { createHash, createHmac } from "node:crypto";

export interface FakeS3 {
  readonly endpoint: string;
  readonly objects: Map<string, Uint8Array<ArrayBuffer>>;
  /** What the next calls do instead of answering; emptied one by one. */
  readonly faults: ("error-500" | "slow-down" | "cut-body" | "hang")[];
  /** `METHOD /path?query` of every call whose signature was right. */
  readonly calls: string[];
  /** Multipart uploads that were started and neither completed nor aborted. */
  readonly openUploads: () => number;
  close(): Promise<void>;
}

export const S3_CREDENTIALS = {
  bucket: "files",
  region: "eu-west-1",
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const PAGE = 2;

/** An S3 on loopback that recomputes every signature (AWS Signature Version 4) and the hash of every body. */
export function startFakeS3(): FakeS3 {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  const uploads = new Map<string, Map<number, Uint8Array<ArrayBuffer>>>();
  const faults: FakeS3["faults"] = [];
  const calls: string[] = [];
  const hanging: (() => void)[] = [];

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const problem = verify(request, url, body);
    if (problem !== null) return xml(403, `<Error><Code>${problem}</Code></Error>`);
    calls.push(`${request.method} ${url.pathname}${url.search}`);
    const fault = faults.shift();
    if (fault === "error-500") return xml(500, "<Error><Code>InternalError</Code></Error>");
    if (fault === "slow-down") {
      return new Response("<Error><Code>SlowDown</Code></Error>", {
        status: 503,
        headers: { "retry-after": "7" },
      });
    }
    if (fault === "hang") await new Promise<void>((resolve) => hanging.push(resolve));
    const key = url.pathname.slice(`/${S3_CREDENTIALS.bucket}/`.length);
    if (fault === "cut-body") return cut(objects.get(key) ?? new Uint8Array());
    return answer({ method: request.method, key, query: url.searchParams, body });
  });

  interface Call {
    readonly method: string;
    readonly key: string;
    readonly query: URLSearchParams;
    readonly body: Uint8Array<ArrayBuffer>;
  }

  function answer({ method, key, query, body }: Call): Response {
    if (key === "") return list(query);
    const upload = query.get("uploadId");
    if (query.has("uploads")) {
      const id = `up&${uploads.size + 1}`;
      uploads.set(id, new Map());
      return xml(200, `<R><UploadId>${id.replace("&", "&amp;")}</UploadId></R>`);
    }
    if (upload !== null) return multipart({ method, key, query, body }, upload);
    if (method === "PUT") {
      objects.set(key, body);
      return new Response(null, { status: 200 });
    }
    if (method === "DELETE") {
      objects.delete(key);
      return new Response(null, { status: 204 });
    }
    const found = objects.get(key);
    return found === undefined ? xml(404, "<Error><Code>NoSuchKey</Code></Error>") : new Response(found);
  }

  function multipart({ method, key, query, body }: Call, id: string): Response {
    const parts = uploads.get(id);
    if (parts === undefined) return xml(404, "<Error><Code>NoSuchUpload</Code></Error>");
    if (method === "PUT") {
      const number = Number(query.get("partNumber"));
      parts.set(number, body);
      return new Response(null, { headers: { etag: `"etag-${number}"` } });
    }
    if (method === "POST") {
      const listed = [...new TextDecoder().decode(body).matchAll(/<ETag>"etag-(\d+)"<\/ETag>/g)].map((
        [, n],
      ) => Number(n));
      if (listed.join() !== [...parts.keys()].join()) {
        return xml(200, "<Error><Code>InvalidPart</Code></Error>");
      }
      objects.set(key, concat(listed.map((n) => parts.get(n) ?? new Uint8Array())));
    }
    uploads.delete(id);
    return xml(200, "<R/>");
  }

  function list(query: URLSearchParams): Response {
    // As S3's own, the token says where to go on and stands in place of where to begin.
    const after = query.get("continuation-token")?.slice("after&".length) ?? query.get("start-after") ?? "";
    const keys = [...objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "") && key > after)
      .sort();
    const page = keys.slice(0, PAGE);
    const more = PAGE < keys.length;
    const items = page.map((key) =>
      `<Contents><Key>${key}</Key><LastModified>${new Date().toISOString()}</LastModified>` +
      `<Size>${objects.get(key)?.length}</Size></Contents>`
    );
    const next = more ? `<NextContinuationToken>after&amp;${page.at(-1)}</NextContinuationToken>` : "";
    return xml(200, `<L><IsTruncated>${more}</IsTruncated>${next}${items.join("")}</L>`);
  }

  return {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    objects,
    faults,
    calls,
    openUploads: () => uploads.size,
    async close() {
      for (const release of hanging) release();
      await server.shutdown();
    },
  };
}

function xml(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "application/xml" } });
}

/** Promises the whole length and breaks off half-way. */
function cut(whole: Uint8Array<ArrayBuffer>): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(whole.subarray(0, whole.length / 2));
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-length": String(whole.length) } });
}

function concat(parts: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Uint8Array, text: string) =>
  new Uint8Array(createHmac("sha256", key).update(text).digest());

/** null when the signature and the body's hash are right, else S3's error code. */
function verify(request: Request, url: URL, body: Uint8Array): string | null {
  const header = request.headers.get("authorization") ?? "";
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
      .exec(header);
  if (match === null) return "AccessDenied";
  const [, id = "", date = "", region = "", signed = "", signature = ""] = match;
  if (id !== S3_CREDENTIALS.accessKeyId) return "InvalidAccessKeyId";
  if (request.headers.get("x-amz-content-sha256") !== sha256(body)) return "XAmzContentSHA256Mismatch";
  const time = request.headers.get("x-amz-date") ?? "";
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...url.searchParams].map(([k, v]) => `${encode(k)}=${encode(v)}`).sort().join("&");
  const headers = signed.split(";").map((name) =>
    `${name}:${name === "host" ? url.host : request.headers.get(name)}\n`
  ).join("");
  const canonical = [request.method, url.pathname, query, headers, signed, sha256(body)].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const key = hmac(
    hmac(hmac(hmac(`AWS4${S3_CREDENTIALS.secretAccessKey}`, date), region), "s3"),
    "aws4_request",
  );
  const expected = createHmac("sha256", key).update(
    `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`,
  ).digest("hex");
  return expected === signature && time.startsWith(date) && region === S3_CREDENTIALS.region
    ? null
    : "SignatureDoesNotMatch";
}
