import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, type RequestOptions } from "node:https";
import { AppError } from "../../kernel/errors.ts";

export interface PinnedCall {
  readonly url: URL;
  /** Checked before; the connection goes to this address and no other. */
  readonly address: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly maxBytes: number;
  /** A longer answer is cut in place of failing. */
  readonly cut: boolean;
  readonly signal: AbortSignal;
  /** Asked again with the address that the socket is connected to. */
  readonly accept: (address: string) => boolean;
  readonly ca?: string;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

const MAX_HEADER_BYTES = 16 * 1024;

/** One request to one address. The name stays in Host and in the TLS server name, so certificates are checked. */
export function callPinned(call: PinnedCall): Promise<RawResponse> {
  const { url, address, signal, accept } = call;
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const options: RequestOptions = {
    method: call.method,
    headers: { "accept-encoding": "identity", ...call.headers, host: url.host, connection: "close" },
    host: address,
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    ...(secure ? { servername: /^[\d.]+$|:/.test(host) ? "" : host } : {}),
    ...(call.ca === undefined ? {} : { ca: call.ca }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(options);
    const fail = (error: unknown) => {
      signal.removeEventListener("abort", onAbort);
      request.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();
    request.on("error", fail);
    request.on("response", (response) => {
      const peer = response.socket?.remoteAddress;
      if (peer === undefined || !accept(peer)) {
        return fail(new AppError("validation_failed", "The address is not public"));
      }
      readLimited(response, call).then((body) => {
        signal.removeEventListener("abort", onAbort);
        request.destroy();
        resolve({ status: response.statusCode ?? 0, headers: toHeaders(response), body });
      }, fail);
    });
    request.end(call.body);
  });
}

function readLimited(
  response: IncomingMessage,
  { maxBytes, cut }: Pick<PinnedCall, "maxBytes" | "cut">,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new AppError("payload_too_large", `The answer is larger than ${maxBytes} bytes`);
  return new Promise((resolve, reject) => {
    if (!cut && Number(response.headers["content-length"] ?? 0) > maxBytes) return reject(tooLarge());
    const chunks: Uint8Array[] = [];
    let size = 0;
    const finish = () => {
      const body = new Uint8Array(size);
      let at = 0;
      for (const chunk of chunks) {
        body.set(chunk, at);
        at += chunk.byteLength;
      }
      resolve(body);
    };
    response.on("data", (chunk: Uint8Array) => {
      const room = maxBytes - size;
      if (chunk.byteLength > room && !cut) return reject(tooLarge());
      chunks.push(chunk.subarray(0, room));
      size += Math.min(chunk.byteLength, room);
      if (chunk.byteLength > room) finish();
    });
    response.on("error", reject);
    response.on("aborted", () => reject(new AppError("upstream_failed", "The answer broke off")));
    response.on("end", () => {
      if (!response.complete) return reject(new AppError("upstream_failed", "The answer broke off"));
      finish();
    });
  });
}

function toHeaders(response: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < response.rawHeaders.length; i += 2) {
    headers.append(response.rawHeaders[i] ?? "", response.rawHeaders[i + 1] ?? "");
  }
  return headers;
}
