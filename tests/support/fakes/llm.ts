import { checkAnthropic, checkOpenAi, type SentRequest } from "./llm-checks.ts";
import { anthropicAnswer, anthropicStream, openAiAnswer, openAiStream } from "./llm-answers.ts";

/** What the fake does with a request. */
export type LlmCommand =
  | {
    readonly do: "ok";
    readonly text?: string;
    readonly usage?: { readonly input: number; readonly output: number } | null;
  }
  | { readonly do: "slow"; readonly ms: number; readonly text?: string }
  /** Headers never come. */
  | { readonly do: "hang" }
  /** The first part comes, then nothing. */
  | { readonly do: "stall"; readonly text?: string }
  | {
    readonly do: "status";
    readonly status: number;
    readonly message?: string;
    readonly code?: string;
    readonly headers?: Record<string, string>;
  }
  | { readonly do: "html"; readonly status?: number }
  | { readonly do: "malformed" }
  | { readonly do: "reset" }
  /** The stream, or the body, ends in the middle. */
  | { readonly do: "truncated" }
  | { readonly do: "empty_choices" }
  | { readonly do: "empty_text" }
  | { readonly do: "finish"; readonly reason: string; readonly text: string }
  | { readonly do: "stream_error" };

export interface FakeLlm {
  /** For `<NAME>_BASE_URL` of OpenAI-like providers; Anthropic's is the same without `/v1`. */
  readonly baseUrl: string;
  readonly key: string;
  /** Every chat request that passed the checks, in order. */
  readonly requests: readonly SentRequest[];
  /** The next requests in order; when none is left: `always`. */
  next(...commands: LlmCommand[]): void;
  always(command: LlmCommand): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** OpenAI's and Anthropic's HTTP APIs on loopback: refuses what they refuse, and fails on command. */
export function startFakeLlm(key = "sk-test-0123456789abcdef"): FakeLlm {
  const queue: LlmCommand[] = [];
  let standing: LlmCommand = { do: "ok" };
  const requests: SentRequest[] = [];
  const stop = new AbortController();

  const handler = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    const anthropic = path === "/v1/messages" || request.headers.has("anthropic-version");
    if (request.method === "GET" && path === "/v1/models") return models(request, key, anthropic);
    const checked = await (anthropic ? checkAnthropic : checkOpenAi)(request, key);
    if (checked instanceof Response) return checked;
    requests.push(checked);
    const command = queue.shift() ?? standing;
    return await answer({ command, sent: checked, over: stop.signal });
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal },
    handler,
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    key,
    requests,
    next: (...commands) => void queue.push(...commands),
    always: (command) => void (standing = command),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.finished;
    },
  };
}

function models(request: Request, key: string, anthropic: boolean): Response {
  const given = anthropic
    ? request.headers.get("x-api-key")
    : request.headers.get("authorization")?.replace("Bearer ", "");
  if (given !== key) {
    return Response.json({ error: { message: `Incorrect API key provided: ${given}`, type: "x" } }, {
      status: 401,
    });
  }
  return Response.json({
    object: "list",
    data: [{ id: "model-a", object: "model" }, { id: "model-b", object: "model" }],
  });
}

interface Order {
  readonly command: LlmCommand;
  readonly sent: SentRequest;
  /** The end of the test: what hangs lets go. */
  readonly over: AbortSignal;
}

async function answer({ command, sent, over }: Order): Promise<Response> {
  const write = (text: string, options: Partial<Parameters<typeof openAiAnswer>[1]> = {}) => {
    const full = { finish: "stop", usage: { input: 11, output: 7 }, ...options };
    if (!sent.stream) return (sent.anthropic ? anthropicAnswer : openAiAnswer)(text, full);
    return (sent.anthropic ? anthropicStream : openAiStream)(text, {
      ...full,
      withUsage: sent.withUsage,
      over,
    });
  };
  switch (command.do) {
    case "ok":
      return write(
        command.text ?? "Hello from the fake",
        command.usage === undefined ? {} : { usage: command.usage },
      );
    case "slow":
      await wait(command.ms, over);
      return write(command.text ?? "Slowly but surely");
    case "hang":
      await wait(600_000, over);
      return new Response(null, { status: 499 });
    case "stall":
      return write(command.text ?? "Only the beginning", { stall: true });
    case "status": {
      const { status, message = "The fake was told to fail", code = "told_so", headers = {} } = command;
      const error = sent.anthropic
        ? { type: "error", error: { type: code, message } }
        : { error: { message, type: code, code, param: null } };
      return Response.json(error, { status, headers });
    }
    case "html":
      return new Response("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", {
        status: command.status ?? 200,
        headers: { "content-type": "text/html" },
      });
    case "malformed":
      return new Response(sent.stream ? 'data: {"choices":[{"delta":\n\n' : '{"choices":[{"mess', {
        headers: { "content-type": sent.stream ? "text/event-stream" : "application/json" },
      });
    case "reset":
      // The connection closes long before the length that was promised.
      return new Response(new ReadableStream({ start: (controller) => controller.close() }), {
        headers: {
          "content-type": sent.stream ? "text/event-stream" : "application/json",
          "content-length": "5000",
        },
      });
    case "truncated":
      if (sent.stream) return write("This sentence is cut", { truncate: true });
      return new Response('{"choices":[{"message":{"content":"cut', {
        headers: { "content-type": "application/json" },
      });
    case "empty_choices":
      return write("", { empty: true });
    case "empty_text":
      return write("");
    case "finish":
      return write(command.text, { finish: command.reason });
    case "stream_error":
      return write("Before the error", { errorAtEnd: true });
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
