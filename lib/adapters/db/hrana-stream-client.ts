import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import type { Condition } from "./hrana-protocol.ts";
import { type WireResult, wireResult, type WireStatement } from "./hrana-values.ts";

export interface WireStep {
  readonly stmt: WireStatement;
  readonly condition?: Condition;
}

export type WireRequest =
  | { readonly type: "execute"; readonly stmt: WireStatement }
  | { readonly type: "batch"; readonly batch: { readonly steps: readonly WireStep[] } }
  | { readonly type: "sequence"; readonly sql: string }
  | { readonly type: "close" };

/** What the database said of a statement, or what went wrong on the wire; `code` as libSQL names it. */
export class HranaFailure extends Error {
  override readonly name = "HranaFailure";
  constructor(message: string, readonly code: string) {
    super(message);
  }
}

const failure = z.object({ message: z.string(), code: z.string().nullish() });
const answers = z.object({
  baton: z.string().nullish(),
  base_url: z.string().nullish(),
  results: z.array(z.discriminatedUnion("type", [
    z.object({ type: z.literal("ok"), response: z.object({ result: z.unknown().optional() }) }),
    z.object({ type: z.literal("error"), error: failure }),
  ])),
});
const batchResult = z.object({
  step_results: z.array(wireResult.nullable()),
  step_errors: z.array(failure.nullable()),
});

/** A step's outcome; null: its condition did not hold. */
export type Outcome = WireResult | HranaFailure | null;

export interface Endpoint {
  readonly url: URL;
  readonly authToken: string | null;
  readonly fetch: typeof fetch;
  /** How long one request may take, milliseconds. */
  readonly timeoutMs: number;
}

/** Throws for an address that is none of a libSQL server. */
export function endpointUrl(given: string): URL {
  const url = new URL(given);
  const plain = url.protocol === "http:" || url.protocol === "ws:" || url.searchParams.get("tls") === "0";
  if (!["libsql:", "https:", "http:", "wss:", "ws:"].includes(url.protocol)) {
    throw new TypeError(`${url.protocol} is no scheme of a libSQL server`);
  }
  return new URL(`${plain ? "http" : "https"}://${url.host}${url.pathname.replace(/\/*$/, "/")}`);
}

/** One Hrana stream: a connection of the server's for as long as its baton is handed on. */
export class StreamClient {
  #baton: string | null = null;
  #base: URL;
  #broken = false;

  constructor(private readonly endpoint: Endpoint) {
    this.#base = endpoint.url;
  }

  /** True when the server holds a connection for us. */
  get open(): boolean {
    return this.#baton !== null && !this.#broken;
  }

  /** One round trip. Resolves to what each request gave; throws what went wrong on the way. */
  async send(requests: readonly WireRequest[]): Promise<(unknown | HranaFailure)[]> {
    try {
      const { baton, base_url: base, results } = await this.#post({ baton: this.#baton, requests });
      this.#baton = baton ?? null;
      if (base) this.#base = endpointUrl(base);
      if (results.length !== requests.length) throw new HranaFailure("An answer is missing", PROTOCOL);
      return results.map((one) => one.type === "ok" ? one.response.result : toFailure(one.error));
    } catch (thrown) {
      this.#broken = true;
      throw thrown;
    }
  }

  async #post(body: unknown): Promise<z.infer<typeof answers>> {
    const { authToken, fetch, timeoutMs } = this.endpoint;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const response = await fetch(new URL("v3/pipeline", this.#base), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(authToken === null ? {} : { authorization: `Bearer ${authToken}` }),
        },
        // As text the runtime may send it again when a kept connection closes: this must never run twice.
        body: new Blob([JSON.stringify(body)]),
        signal: abort.signal,
      });
      const text = await response.text();
      if (!response.ok) throw refused(response.status, text);
      return understood(answers, parsed(text));
    } catch (thrown) {
      if (!abort.signal.aborted) throw thrown;
      throw new AppError("upstream_timeout", "The database did not answer in time", { cause: thrown });
    } finally {
      clearTimeout(timer);
    }
  }
}

const PROTOCOL = "HRANA_PROTO_ERROR";

export function toRows(answer: unknown): WireResult | HranaFailure {
  return answer instanceof HranaFailure ? answer : understood(wireResult, answer);
}

/** The outcome of each step of a batch. Throws when the batch as a whole was refused. */
export function toOutcomes(answer: unknown): Outcome[] {
  if (answer instanceof HranaFailure) throw answer;
  const { step_results: results, step_errors: errors } = understood(batchResult, answer);
  return results.map((result, step) => {
    const error = errors[step] ?? null;
    return error === null ? result : toFailure(error);
  });
}

function understood<T>(schema: z.ZodType<T>, given: unknown): T {
  const { success, data } = schema.safeParse(given);
  if (!success) throw new HranaFailure("The database's answer is not understood", PROTOCOL);
  return data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HranaFailure("The database answered with something that is no JSON", PROTOCOL);
  }
}

function refused(status: number, text: string): HranaFailure {
  const told = failure.safeParse(text.startsWith("{") ? parsed(text) : null).data;
  return new HranaFailure(told?.message ?? `The database answered ${status}`, told?.code ?? "SERVER_ERROR");
}

function toFailure({ message, code }: z.infer<typeof failure>): HranaFailure {
  return new HranaFailure(message, code ?? "SQLITE_UNKNOWN");
}
