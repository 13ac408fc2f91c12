import type { AppError } from "../kernel/errors.ts";

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
   * `upstream_rejected` (the provider refuses this request for good; `extra.reason` is "context_length" when it
   * is too long), `not_configured` (a wrong key, no credit, an unknown model). No text of it holds a secret.
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

/** Why a target is passed over now. */
export type GateRefusal = "breaker_open" | "cooling" | "minute_cap_spent";

export type Admission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: GateRefusal; readonly retryAfterMs: number };

/** What health shows of a target. */
export interface GateState {
  readonly provider: string;
  readonly model: string;
  readonly breaker: "closed" | "open" | "half_open";
  /** Code, text and time (UTC ms) of the newest failure since the last success. */
  readonly lastError: { readonly code: string; readonly message: string; readonly at: number } | null;
  /** Of the newest answer, milliseconds. */
  readonly latencyMs: number | null;
  readonly lastSuccessAt: number | null;
  /** Requests left in this minute; null: no cap known. */
  readonly minuteLeft: number | null;
}

/** A target with what this process remembers of it (lib/ai/gate.ts makes them). */
export interface LlmGate extends LlmTarget {
  /** What `admit` would say, without taking anything. */
  peek(): Admission;
  /** Takes one request of the minute, and the one probe of a half-open breaker. Ends with one of the three below. */
  admit(): Admission;
  succeeded(latencyMs: number): void;
  failed(error: AppError): void;
  /** The caller gave up: says nothing about the provider. */
  released(): void;
  state(): GateState;
}
