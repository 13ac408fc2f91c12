/**
 * Stands in for the `openai` package in the bundle, where that is a sixth of what there may be: the three calls that
 * lib/adapters/llm/openai.ts makes of it, over fetch. tests/edge/openai.test.ts runs the adapter's own suite on it.
 */
import { serverEvents } from "../../lib/adapters/llm/server-events.ts";

interface Options {
  readonly apiKey: string;
  readonly baseURL: string;
  readonly fetch: typeof fetch;
  readonly fetchOptions: RequestInit;
}

/** A vendor's error answer, by the names that the package gives its parts. */
class APIError extends Error {
  override readonly name = "APIError";
  constructor(
    readonly status: number | undefined,
    readonly error: unknown,
    message: string,
    readonly headers: Headers | undefined,
  ) {
    super(message);
  }
}

export default class OpenAI {
  readonly chat = {
    completions: {
      create: (body: { readonly stream: boolean }, { signal }: { signal: AbortSignal }) =>
        body.stream ? this.#stream(body, signal) : this.#json("chat/completions", { body, signal }),
    },
  };
  readonly models = {
    list: ({ signal }: { signal: AbortSignal }) => this.#json("models", { signal }),
  };

  constructor(private readonly options: Options) {}

  async #json(path: string, call: { body?: unknown; signal: AbortSignal }): Promise<unknown> {
    return JSON.parse(await (await this.#call(path, call)).text());
  }

  async #stream(body: unknown, signal: AbortSignal): Promise<AsyncGenerator<unknown, void, void>> {
    const response = await this.#call("chat/completions", { body, signal });
    return events(response);
  }

  async #call(path: string, { body, signal }: { body?: unknown; signal: AbortSignal }): Promise<Response> {
    const { apiKey, baseURL, fetch, fetchOptions } = this.options;
    const response = await fetch(`${baseURL.replace(/\/+$/, "")}/${path}`, {
      ...fetchOptions,
      method: body === undefined ? "GET" : "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        authorization: `Bearer ${apiKey}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    if (response.ok) return response;
    const text = await response.text();
    const error = errorOf(text);
    throw new APIError(response.status, error, messageOf(error) ?? text, response.headers);
  }
}

/** The data of server-sent events up to `[DONE]`; a vendor's error within them is thrown. */
async function* events(response: Response): AsyncGenerator<unknown, void, void> {
  if (response.body === null) return;
  for await (const { data } of serverEvents(response.body)) {
    if (data.startsWith("[DONE]")) return;
    const part: unknown = JSON.parse(data);
    const error = memberOf(part, "error");
    if (error) {
      throw new APIError(undefined, error, messageOf(error) ?? "The stream failed", response.headers);
    }
    yield part;
  }
}

function errorOf(text: string): unknown {
  try {
    return memberOf(JSON.parse(text), "error");
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string | undefined {
  const message = typeof error === "string" ? error : memberOf(error, "message");
  return typeof message === "string" ? message : undefined;
}

function memberOf(given: unknown, name: string): unknown {
  return typeof given === "object" && given !== null ? Reflect.get(given, name) : undefined;
}
