import { z } from "zod";
import type { ChatPart, ChatRequest, ChatResult, LlmProvider, TokenUsage } from "../../ports/llm.ts";
import { toPrompt } from "./anthropic-messages.ts";
import { answerFailure, connectionFailure, garbled, type Vendor } from "./failures.ts";
import type { ProviderTraits } from "./providers.ts";
import { serverEvents } from "./server-events.ts";

/** The version that still takes a temperature (docs.anthropic.com/en/api/versioning). */
const VERSION = "2023-06-01";
const DEFAULT_MAX_TOKENS = 1024;

const usageSchema = z.object({ input_tokens: z.number().nullish(), output_tokens: z.number().nullish() });
const messageSchema = z.object({
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullish(),
  usage: usageSchema,
});
const errorSchema = z.object({ error: z.object({ type: z.string().optional(), message: z.string() }) });
const eventSchema = z.object({
  message: z.object({ usage: usageSchema }).optional(),
  delta: z.object({
    type: z.string().optional(),
    text: z.string().optional(),
    stop_reason: z.string().nullish(),
  }).optional(),
  usage: usageSchema.optional(),
});
const FINISH: Readonly<Record<string, ChatResult["finish"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  refusal: "filter",
};
const OVERLOADED: Readonly<Record<string, number>> = {
  overloaded_error: 529,
  rate_limit_error: 429,
  api_error: 500,
};

export interface AnthropicOptions extends Vendor {
  /** With or without `/v1`. */
  readonly baseUrl: string;
  readonly traits: ProviderTraits;
}

/** Anthropic's Messages API over fetch. */
export function createAnthropicProvider(
  options: AnthropicOptions,
  { fetch }: { fetch: typeof globalThis.fetch },
): LlmProvider {
  const root = options.baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "");
  const headers = {
    "content-type": "application/json",
    "anthropic-version": VERSION,
    "x-api-key": options.apiKey ?? "",
  };
  async function call(path: string, signal: AbortSignal, body?: unknown): Promise<Response> {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    try {
      const response = await fetch(`${root}/v1/${path}`, { ...init, headers, signal, redirect: "manual" });
      if (response.ok) return response;
      throw await toFailure(options, response);
    } catch (thrown) {
      throw connectionFailure(options, thrown, signal);
    }
  }

  return {
    name: options.name,
    async chat(model, request, signal) {
      const response = await call("messages", signal, bodyOf(options.traits, model, request));
      const answer = await readJson(options, response, signal);
      const parsed = messageSchema.safeParse(answer);
      if (!parsed.success) throw garbled(options, "answered with something that is not a message");
      const { content, usage, stop_reason } = parsed.data;
      if (content.length === 0) throw garbled(options, "answered without content");
      return {
        text: content.filter(({ type }) => type === "text").map(({ text }) => text ?? "").join(""),
        usage: { input: usage.input_tokens ?? 0, output: usage.output_tokens ?? 0 },
        finish: FINISH[stop_reason ?? ""] ?? "other",
      };
    },
    async *stream(model, request, signal) {
      const response = await call("messages", signal, {
        ...bodyOf(options.traits, model, request),
        stream: true,
      });
      yield* toParts(options, response, signal);
    },
    async models(signal) {
      const answer = await readJson(options, await call("models?limit=1000", signal), signal);
      const parsed = z.object({ data: z.array(z.object({ id: z.string() })) }).safeParse(answer);
      if (!parsed.success) throw garbled(options, "answered with a list of models that can't be read");
      return parsed.data.data.map(({ id }) => id);
    },
  };
}

function bodyOf(traits: ProviderTraits, model: string, request: ChatRequest) {
  const { temperature, maxTokens = DEFAULT_MAX_TOKENS } = request;
  const { system, messages } = toPrompt(request.messages);
  const warm = temperature !== undefined && !traits.withoutTemperature?.test(model);
  return {
    model,
    max_tokens: maxTokens,
    messages,
    ...(system === undefined ? {} : { system }),
    ...(warm ? { temperature } : {}),
  };
}

async function* toParts(vendor: Vendor, response: Response, signal: AbortSignal): AsyncGenerator<ChatPart> {
  if (response.body === null) throw garbled(vendor, "answered without a body");
  let usage: TokenUsage = { input: 0, output: 0 };
  let finish: ChatResult["finish"] = "other";
  let ended = false;
  try {
    for await (const { event, data } of serverEvents(response.body)) {
      if (event === "error") throw streamFailure(vendor, data);
      const parsed = eventSchema.safeParse(JSON.parse(data));
      if (!parsed.success) throw garbled(vendor, "sent a part that can't be read");
      const { message, delta, usage: counted } = parsed.data;
      usage = {
        input: message?.usage.input_tokens ?? counted?.input_tokens ?? usage.input,
        output: counted?.output_tokens ?? message?.usage.output_tokens ?? usage.output,
      };
      if (delta?.stop_reason) finish = FINISH[delta.stop_reason] ?? "other";
      if (delta?.type === "text_delta" && delta.text) yield { text: delta.text };
      if (event === "message_stop") {
        ended = true;
        break;
      }
    }
  } catch (thrown) {
    throw connectionFailure(vendor, thrown, signal);
  }
  if (!ended) throw garbled(vendor, "cut the stream off before its end");
  yield { text: "", usage, finish };
}

function streamFailure(vendor: Vendor, data: string) {
  const parsed = errorSchema.safeParse(JSON.parse(data));
  const type = parsed.data?.error.type ?? "";
  return answerFailure(vendor, {
    status: OVERLOADED[type],
    message: parsed.data?.error.message ?? "an error",
    code: type,
  });
}

async function toFailure(vendor: Vendor, response: Response) {
  const body = await response.text();
  let parsed: z.output<typeof errorSchema> | undefined;
  try {
    parsed = errorSchema.safeParse(JSON.parse(body)).data;
  } catch { /* not JSON: its text is shown cut */ }
  const { status, headers } = response;
  return answerFailure(vendor, {
    status,
    headers,
    message: parsed?.error.message ?? body,
    code: parsed?.error.type,
    body,
  });
}

async function readJson(vendor: Vendor, response: Response, signal: AbortSignal): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch (thrown) {
    throw connectionFailure(vendor, thrown, signal);
  }
}
