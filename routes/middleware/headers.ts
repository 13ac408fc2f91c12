import type { Context } from "hono";
import type { AppEnv } from "../env.ts";
import { JsonText } from "../json-text.ts";

type JsonStatus = number | { readonly status?: number };
type Json = (body: unknown, status?: JsonStatus, headers?: Readonly<Record<string, string>>) => Response;

/** About what the head of an answer takes. */
const HEAD_BYTES = 230;
/** Past it a copy costs more than a second system call. */
const MAX_JOINED = 32 * 1024;

/** A request, as far as its answer's headers go. */
export interface Answering {
  readonly c: Context<AppEnv>;
  readonly requestId: string;
  /**
   * What `c.json` built. A property, not a variable that a closure captures and something later assigns: V8 keeps such
   * a variable in the old space, and with it each answer until the next full collection (2 us of a request).
   */
  built: Response | null;
}

/**
 * Makes `c.json` build its response in one go, with the headers that every answer has. Setting them on a finished
 * response costs 4 us of the 25 that a request takes (measured), Hono's stock middlewares twice that.
 * `sendBytes`: what the server sends in one piece when it knows the length. A longer text goes as one chunk, which
 * it joins with the head: a packet for each of the two costs a fifth of a request.
 */
export function createQuickJson({ sendBytes = Infinity }: { sendBytes?: number | undefined }) {
  return function quickJson(visit: Answering): void {
    jsonOf(visit.c).json = (body, status = 200, headers = undefined) => {
      const text = body instanceof JsonText ? body.text : JSON.stringify(body);
      const all: Record<string, string> = {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-request-id": visit.requestId,
      };
      if (text.length > sendBytes - HEAD_BYTES && text.length < MAX_JOINED) {
        all["transfer-encoding"] = "chunked";
      }
      return visit.built = new Response(text, {
        status: typeof status === "number" ? status : status.status ?? 200,
        headers: headers === undefined ? all : { ...all, ...headers },
      });
    };
  };
}

/** The type of Hono's own says which answers a contract allows; the value is the same. */
function jsonOf(c: Context<AppEnv>): { json: Json } {
  return c as unknown as { json: Json };
}

/** The same headers on a response that was built elsewhere. */
export function writeHeaders(headers: Headers, requestId: string): void {
  headers.set("x-request-id", requestId);
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}
