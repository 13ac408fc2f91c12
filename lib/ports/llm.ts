export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly maxTokens?: number;
  readonly temperature?: number;
  /** Asks for one JSON object as the answer, where the provider can. */
  readonly json?: boolean;
}

export interface TokenUsage {
  readonly input: number;
  readonly output: number;
}

export interface ChatResult {
  readonly text: string;
  readonly usage: TokenUsage;
  readonly finish: "stop" | "length" | "filter" | "other";
}

/** One provider of a chain. Makes one attempt; retry and fallback belong to lib/ai. */
export interface LlmProvider {
  readonly name: string;
  /**
   * Throws AppError: `rate_limited` (with retryAfterMs when told), `upstream_timeout`, `upstream_failed`,
   * `upstream_rejected` (the provider refuses this request for good), `not_configured` (a wrong key).
   */
  chat(model: string, request: ChatRequest, signal: AbortSignal): Promise<ChatResult>;
  /** Text parts as they come; the last part carries the usage. */
  stream(model: string, request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatPart>;
  models(signal: AbortSignal): Promise<readonly string[]>;
}

export interface ChatPart {
  readonly text: string;
  readonly usage?: TokenUsage;
  readonly finish?: ChatResult["finish"];
}

/** A provider and a model, with the provider's own cap. `LLM_CHAIN` gives the order. */
export interface LlmTarget {
  readonly provider: LlmProvider;
  readonly model: string;
  /** The provider's requests per minute; null: no cap known. */
  readonly requestsPerMinute: number | null;
}
