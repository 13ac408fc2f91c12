/** How a vendor differs from the plain OpenAI form. */
export interface ProviderTraits {
  readonly baseUrl: string | null;
  readonly auth: "bearer" | "x-api-key" | "none";
  /** The body's name of the output limit. */
  readonly maxTokens: "max_tokens" | "max_completion_tokens";
  /** Understands `response_format: {type: "json_object"}`. */
  readonly jsonObject: boolean;
  /** Understands `stream_options.include_usage`. */
  readonly streamUsage: boolean;
  /** Models that answer 400 to a temperature. */
  readonly withoutTemperature: RegExp | null;
  /** The provider's own cap a model; null: none known. */
  readonly requestsPerMinute: number | null;
}

const PLAIN = {
  auth: "bearer",
  maxTokens: "max_tokens",
  jsonObject: true,
  streamUsage: true,
  withoutTemperature: null,
  requestsPerMinute: null,
} as const;

/**
 * The providers, as data. Addresses are from each vendor's reference; Gemini's cap is that of its free tier
 * (vendors change theirs without notice, so a 429 is still understood).
 */
export const LLM_PROVIDERS = {
  gemini: {
    ...PLAIN,
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    requestsPerMinute: 15,
  },
  openai: {
    ...PLAIN,
    baseUrl: "https://api.openai.com/v1",
    maxTokens: "max_completion_tokens",
    withoutTemperature: /^(gpt-[5-9]|o\d)/,
  },
  anthropic: {
    ...PLAIN,
    baseUrl: "https://api.anthropic.com",
    auth: "x-api-key",
    jsonObject: false,
    withoutTemperature: /^claude-(?!3|haiku-4|sonnet-4|opus-4)/,
  },
  xai: { ...PLAIN, baseUrl: "https://api.x.ai/v1" },
  siliconflow: { ...PLAIN, baseUrl: "https://api.siliconflow.cn/v1" },
  ark: { ...PLAIN, baseUrl: "https://ark.cn-beijing.volces.com/api/v3", jsonObject: false },
  ollama: { ...PLAIN, baseUrl: "http://localhost:11434/v1", auth: "none" },
  lmstudio: { ...PLAIN, baseUrl: "http://localhost:1234/v1", auth: "none", jsonObject: false },
  compatible: { ...PLAIN, baseUrl: null, jsonObject: false, streamUsage: false },
} as const satisfies Record<string, ProviderTraits>;

export type ProviderName = keyof typeof LLM_PROVIDERS;
