import { z } from "zod";

/** A chat request that the real vendor would have taken. */
export interface SentRequest {
  readonly anthropic: boolean;
  readonly model: string;
  readonly stream: boolean;
  readonly withUsage: boolean;
  readonly system: string | null;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly body: Record<string, unknown>;
}

const openAiSchema = z.object({
  model: z.string().min(1),
  messages: z.array(
    z.object({ role: z.enum(["system", "developer", "user", "assistant", "tool"]), content: z.string() }),
  ).min(1),
  stream: z.boolean().optional(),
  stream_options: z.object({ include_usage: z.boolean() }).optional(),
  max_tokens: z.number().int().positive().optional(),
  max_completion_tokens: z.number().int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  response_format: z.object({ type: z.enum(["text", "json_object"]) }).optional(),
}).strict();

const anthropicSchema = z.object({
  model: z.string().min(1),
  max_tokens: z.number({ error: "Field required" }).int().positive(),
  messages: z.array(z.object({ role: z.enum(["user", "assistant"]), content: z.string().min(1) })).min(1),
  system: z.string().min(1).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
}).strict();

export async function checkOpenAi(request: Request, key: string): Promise<SentRequest | Response> {
  const refuse = (status: number, message: string, code: string) =>
    Response.json({ error: { message, type: "invalid_request_error", param: null, code } }, { status });
  if (request.method !== "POST" || new URL(request.url).pathname !== "/v1/chat/completions") {
    return refuse(404, `Unknown request URL: ${request.method} ${request.url}`, "unknown_url");
  }
  const given = request.headers.get("authorization")?.replace(/^Bearer /, "");
  if (given !== key) {
    return refuse(401, `Incorrect API key provided: ${given}. You can find yours at ...`, "invalid_api_key");
  }
  if (request.headers.get("content-type")?.split(";")[0] !== "application/json") {
    return refuse(400, "Not JSON", "bad_type");
  }
  const parsed = openAiSchema.safeParse(await request.json());
  if (!parsed.success) {
    return refuse(
      400,
      parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; "),
      "invalid",
    );
  }
  const { model, messages, stream = false, stream_options, max_tokens, temperature, response_format } =
    parsed.data;
  if (/^(gpt-[5-9]|o\d)/.test(model) && max_tokens !== undefined) {
    return refuse(
      400,
      "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
      "unsupported_parameter",
    );
  }
  if (/^(gpt-[5-9]|o\d)/.test(model) && temperature !== undefined && temperature !== 1) {
    return refuse(
      400,
      "Unsupported value: 'temperature' does not support this value with this model.",
      "unsupported_value",
    );
  }
  if (response_format?.type === "json_object" && !messages.some(({ content }) => /json/i.test(content))) {
    return refuse(
      400,
      "'messages' must contain the word 'json' in some form, to use 'response_format'",
      "invalid",
    );
  }
  if (stream_options !== undefined && !stream) {
    return refuse(400, "'stream_options' is only allowed when 'stream' is true", "invalid");
  }
  if (model === "no-such-model") {
    return refuse(404, "The model `no-such-model` does not exist", "model_not_found");
  }
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > 100_000) {
    return refuse(
      400,
      "This model's maximum context length is 25000 tokens. Please reduce the length.",
      "context_length_exceeded",
    );
  }
  const withUsage = stream_options?.include_usage ?? false;
  return { anthropic: false, model, stream, withUsage, system: null, messages, body: parsed.data };
}

export async function checkAnthropic(request: Request, key: string): Promise<SentRequest | Response> {
  const refuse = (status: number, type: string, message: string) =>
    Response.json({ type: "error", error: { type, message } }, { status });
  const given = request.headers.get("x-api-key");
  if (given !== key) return refuse(401, "authentication_error", `invalid x-api-key ${given}`);
  if (!/^\d{4}-\d\d-\d\d$/.test(request.headers.get("anthropic-version") ?? "")) {
    return refuse(400, "invalid_request_error", "anthropic-version: header is required");
  }
  const parsed = anthropicSchema.safeParse(await request.json());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(400, "invalid_request_error", `${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { model, messages, system = null, stream = false } = parsed.data;
  for (const [index, { role }] of messages.entries()) {
    if (role !== (index % 2 === 0 ? "user" : "assistant")) {
      return refuse(
        400,
        "invalid_request_error",
        'messages: roles must alternate between "user" and "assistant"',
      );
    }
  }
  if (model === "no-such-model") return refuse(404, "not_found_error", "model: no-such-model");
  const length = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > 100_000) {
    return refuse(400, "invalid_request_error", "prompt is too long: 30000 tokens > 25000 maximum");
  }
  return { anthropic: true, model, stream, withUsage: true, system, messages, body: parsed.data };
}
