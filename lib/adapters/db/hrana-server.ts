import { createHash, timingSafeEqual } from "node:crypto";
import type { FileDatabase } from "./file.ts";
import { cursorBody, pipelineBody, ProtocolError, toHranaError } from "./hrana-protocol.ts";
import { type BatchResult, HranaStream, type StreamLimits } from "./hrana-stream.ts";

export interface HranaOptions extends Partial<StreamLimits> {
  /** What a client must send as bearer token. */
  readonly token: string;
  /** How long a stream may be idle, milliseconds; default 10,000. */
  readonly streamIdleMs?: number;
}

export interface HranaEndpoint {
  readonly url: string;
  shutdown(): Promise<void>;
}

/** The request handler, and the end of every stream that is still open. */
export interface HranaHandler {
  (request: Request): Promise<Response>;
  close(): void;
}

const STREAM_IDLE_MS = 10_000;
const TRANSACTION_IDLE_MS = 1000;
const TRANSACTION_MAX_MS = 4000;
const MAX_STREAMS = 256;
const MAX_BODY = 64 * 1024 * 1024;

interface Waiting {
  readonly stream: HranaStream;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * Serves a file that this process owns to others over Hrana 2 and 3 (JSON), so that a worker or the command line uses
 * one path for a file and for Turso. Source: libsql's docs/HRANA_3_SPEC.md.
 */
export function createHranaHandler(database: FileDatabase, options: HranaOptions): HranaHandler {
  const { streamIdleMs = STREAM_IDLE_MS } = options;
  const limits: StreamLimits = {
    transactionIdleMs: options.transactionIdleMs ?? TRANSACTION_IDLE_MS,
    transactionMaxMs: options.transactionMaxMs ?? TRANSACTION_MAX_MS,
  };
  const expected = digest(options.token);
  /** By the baton that the next request must bring; each is good for one request. */
  const waiting = new Map<string, Waiting>();
  let ended = false;

  function take(baton: string | null | undefined): HranaStream {
    if (baton === null || baton === undefined) {
      if (waiting.size >= MAX_STREAMS) throw new ProtocolError("Too many streams are open");
      return new HranaStream(database, limits);
    }
    const found = waiting.get(baton);
    if (found === undefined) throw new ProtocolError("The stream has expired, or its baton was used before");
    waiting.delete(baton);
    clearTimeout(found.timer);
    return found.stream;
  }

  function keep(stream: HranaStream): string | null {
    if (ended) stream.close();
    if (stream.closed) return null;
    const baton = crypto.randomUUID() + crypto.randomUUID();
    const expire = () => {
      waiting.delete(baton);
      stream.close();
    };
    waiting.set(baton, { stream, timer: setTimeout(expire, streamIdleMs) });
    return baton;
  }

  async function pipeline(request: Request): Promise<Response> {
    const { baton, requests } = pipelineBody.parse(await request.json());
    const stream = take(baton);
    const results: unknown[] = [];
    for (const one of requests) {
      try {
        results.push({ type: "ok", response: await stream.answer(one) });
      } catch (thrown) {
        results.push({ type: "error", error: toHranaError(thrown) });
      }
    }
    return Response.json({ baton: keep(stream), base_url: null, results });
  }

  async function cursor(request: Request): Promise<Response> {
    const { baton, batch } = cursorBody.parse(await request.json());
    const stream = take(baton);
    const result = await stream.batch(batch);
    const lines = [{ baton: keep(stream), base_url: null }, ...cursorEntries(result)];
    return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), {
      headers: { "content-type": "application/x-ndjson" },
    });
  }

  const handler = async (request: Request): Promise<Response> => {
    const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    if (!timingSafeEqual(digest(token), expected)) return refusal(401, "The token is wrong");
    if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY) {
      return refusal(413, "The request is too large");
    }
    const route = `${request.method} ${new URL(request.url).pathname}`;
    try {
      if (/^GET \/v[23]\/?$/.test(route)) return new Response("ok\n");
      if (/^POST \/v[23]\/pipeline$/.test(route)) return await pipeline(request);
      if (route === "POST /v3/cursor") return await cursor(request);
      return refusal(404, "There is nothing here");
    } catch (thrown) {
      return refusal(400, toHranaError(thrown).message);
    }
  };
  const close = () => {
    ended = true;
    for (const { stream, timer } of waiting.values()) {
      clearTimeout(timer);
      stream.close();
    }
    waiting.clear();
  };
  return Object.assign(handler, { close });
}

/** Serves the handler on a port of loopback that is free. */
export function serveHrana(database: FileDatabase, options: HranaOptions): HranaEndpoint {
  const handler = createHranaHandler(database, options);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async shutdown() {
      handler.close();
      await server.shutdown();
    },
  };
}

function refusal(status: number, message: string): Response {
  return Response.json({ message, code: status === 400 ? "HRANA_PROTO_ERROR" : "SERVER_ERROR" }, { status });
}

/** Both digests have one length, so that the comparison can't tell how much of a token is right. */
function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function cursorEntries({ step_results: results, step_errors: errors }: BatchResult): unknown[] {
  return results.flatMap((result, step): unknown[] => {
    const error = errors[step] ?? null;
    if (error !== null) return [{ type: "step_error", step, error }];
    if (result === null) return [];
    const { cols, rows, affected_row_count, last_insert_rowid } = result;
    return [
      { type: "step_begin", step, cols },
      ...rows.map((row) => ({ type: "row", row })),
      { type: "step_end", affected_row_count, last_insert_rowid },
    ];
  });
}
