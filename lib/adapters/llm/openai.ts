import type OpenAI from "openai";
import { z } from "zod";
import { AppError } from "../../kernel/errors.ts";
import type { ChatPart, ChatRequest, ChatResult, LlmProvider } from "../../ports/llm.ts";
import { answerFailure, connectionFailure, garbled, type Vendor } from "./failures.ts";
import type { ProviderTraits } from "./providers.ts";
import { createThoughtFilter, withoutThoughts } from "./thoughts.ts";

const finishSchema = z.string().nullish();
const usageSchema = z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() })
  .nullish();
const chatSchema = z.object({
  choices: z.array(z.object({
    message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
    finish_reason: finishSchema,
  })),
  usage: usageSchema,
});
const chunkSchema = z.object({
  choices: z.array(z.object({
    delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
    finish_reason: finishSchema,
  })).nullish(),
  usage: usageSchema,
});
const errorSchema = z.object({
  message: z.string().optional(),
  code: z.union([z.string(), z.number()]).nullish(),
});

const FINISH: Readonly<Record<string, ChatResult["finish"]>> = {
  stop: "stop",
  length: "length",
  content_filter: "filter",
};

export interface OpenAiOptions extends Vendor {
  readonly baseUrl: string;
  readonly traits: ProviderTraits;
}

/** Any vendor that speaks OpenAI's Chat Completions, by the vendor's own package, which loads at the first call. */
export function createOpenAiProvider(
  options: OpenAiOptions,
  { fetch }: { fetch: typeof globalThis.fetch },
): LlmProvider {
  const { name, baseUrl, apiKey } = options;
  let loading: Promise<OpenAI> | undefined;
  const client = () =>
    loading ??= import("openai").then(({ default: Client }) =>
      new Client({
        apiKey: apiKey ?? "none",
        adminAPIKey: null,
        organization: null,
        project: null,
        webhookSecret: null,
        baseURL: baseUrl,
        maxRetries: 0,
        logLevel: "off",
        fetch,
        // A redirect could carry the key to another host; an isolate knows no "error", so it is a failed answer.
        fetchOptions: { redirect: "manual" },
      })
    );

  return {
    name,
    async chat(model, request, signal) {
      const body = { ...bodyOf(options.traits, model, request), stream: false } as const;
      const answer = await guarded(
        options,
        signal,
        async () => await (await client()).chat.completions.create(body, { signal }),
      );
      return toResult(options, answer);
    },
    async *stream(model, request, signal) {
      const extra = options.traits.streamUsage ? { stream_options: { include_usage: true } } : {};
      const body = { ...bodyOf(options.traits, model, request), ...extra, stream: true } as const;
      const chunks = await guarded(
        options,
        signal,
        async () => await (await client()).chat.completions.create(body, { signal }),
      );
      yield* toParts(options, chunks, signal);
    },
    async models(signal) {
      const page = await guarded(options, signal, async () => await (await client()).models.list({ signal }));
      const parsed = z.array(z.object({ id: z.string() })).safeParse(page.data);
      if (!parsed.success) throw garbled(options, "answered with a list of models that can't be read");
      return parsed.data.map(({ id }) => id);
    },
  };
}

function bodyOf(traits: ProviderTraits, model: string, request: ChatRequest) {
  const { messages, maxTokens, temperature, json } = request;
  const warm = temperature !== undefined && !traits.withoutTemperature?.test(model);
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...(maxTokens === undefined ? {} : { [traits.maxTokens]: maxTokens }),
    ...(warm ? { temperature } : {}),
    ...(json && traits.jsonObject ? { response_format: { type: "json_object" as const } } : {}),
  };
}

function toResult(vendor: Vendor, answer: unknown): ChatResult {
  const parsed = chatSchema.safeParse(answer);
  if (!parsed.success) throw garbled(vendor, "answered with something that is not a chat completion");
  const choice = parsed.data.choices[0];
  if (choice === undefined) throw garbled(vendor, "answered without a choice");
  const { content, refusal } = choice.message;
  return {
    text: withoutThoughts(content ?? refusal ?? ""),
    usage: toUsage(parsed.data.usage) ?? { input: 0, output: 0 },
    finish: refusal ? "filter" : FINISH[choice.finish_reason ?? ""] ?? "other",
  };
}

async function* toParts(
  vendor: Vendor,
  chunks: AsyncIterable<unknown>,
  signal: AbortSignal,
): AsyncGenerator<ChatPart> {
  let finish: ChatResult["finish"] | undefined;
  let usage: ReturnType<typeof toUsage>;
  const visible = createThoughtFilter();
  try {
    for await (const chunk of chunks) {
      const parsed = chunkSchema.safeParse(chunk);
      if (!parsed.success) throw garbled(vendor, "sent a part that can't be read");
      usage = toUsage(parsed.data.usage) ?? usage;
      const choice = parsed.data.choices?.[0];
      const text = visible(choice?.delta?.content ?? choice?.delta?.refusal ?? "");
      if (text !== "") yield { text };
      if (choice?.finish_reason) finish = FINISH[choice.finish_reason] ?? "other";
    }
  } catch (thrown) {
    throw toFailure(vendor, thrown, signal);
  }
  // The package ends quietly when the signal aborts or the connection closes early.
  if (signal.aborted) throw connectionFailure(vendor, signal.reason, signal);
  if (finish === undefined) throw garbled(vendor, "cut the stream off before its end");
  yield { text: "", finish, ...(usage === undefined ? {} : { usage }) };
}

function toUsage(usage: z.output<typeof usageSchema>) {
  if (!usage) return undefined;
  return { input: usage.prompt_tokens ?? 0, output: usage.completion_tokens ?? 0 };
}

async function guarded<T>(vendor: Vendor, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw toFailure(vendor, thrown, signal);
  }
}

/** The package's errors carry `status`, `headers` and `error`; read by shape, so that importing it stays lazy. */
function toFailure(vendor: Vendor, thrown: unknown, signal: AbortSignal): AppError {
  if (thrown instanceof AppError || signal.aborted || !(thrown instanceof Error) || !("status" in thrown)) {
    return connectionFailure(vendor, thrown, signal);
  }
  const status = typeof thrown.status === "number" ? thrown.status : undefined;
  const inner: unknown = Reflect.get(thrown, "error");
  if (status === undefined && inner === undefined) return connectionFailure(vendor, thrown, signal);
  const headers: unknown = Reflect.get(thrown, "headers");
  const parsed = errorSchema.safeParse(inner);
  return answerFailure(vendor, {
    status,
    headers: headers instanceof Headers ? headers : undefined,
    message: parsed.data?.message ?? thrown.message,
    code: parsed.data?.code === undefined || parsed.data.code === null ? undefined : String(parsed.data.code),
    body: JSON.stringify(inner ?? ""),
  });
}
