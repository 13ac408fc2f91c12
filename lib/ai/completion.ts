import { AppError } from "../kernel/errors.ts";
import type { ChatMessage, ChatRequest, GateRefusal, TokenUsage } from "../ports/llm.ts";

export interface CompleteInput {
  /** What it is for, as usage rows say it: `answer`, `summary`, ... */
  readonly purpose: string;
  readonly messages: readonly ChatMessage[];
  readonly maxTokens?: number;
  /** Left out: the provider's own. 0 makes the answer cacheable. */
  readonly temperature?: number;
  /** The answer is one JSON object; one that is not counts as no answer. */
  readonly json?: boolean;
  /** The visitor on whose behalf; the visitor's cap counts it. */
  readonly subjectId?: string | null;
  readonly conversationId?: string | null;
  /** Keeps the answer for equal input; 0 never keeps it. Left out: kept only at temperature 0. */
  readonly cacheTtlMs?: number;
}

/** What became of one target of the chain. */
export interface Attempt {
  readonly provider: string;
  readonly model: string;
  /** `ok`, `skipped`, `cancelled`, `empty`, `not_json`, or the error's code. */
  readonly outcome: string;
  /** Of a skip, or the error's text; never a secret. */
  readonly reason: GateRefusal | string | null;
  readonly ms: number;
}

export interface Completion {
  readonly text: string;
  readonly usage: TokenUsage;
  readonly provider: string;
  readonly model: string;
  /** True when the text ends where the limit of tokens was. */
  readonly cut: boolean;
  readonly cached: boolean;
  readonly attempts: readonly Attempt[];
}

/** No target answered. `attempts` stay inside: the wire shows code and detail only. */
export class ChainError extends AppError {
  constructor(last: AppError, readonly attempts: readonly Attempt[]) {
    const tried = attempts.map(({ provider, outcome, reason }) =>
      `${provider} ${outcome === "skipped" ? reason : outcome}`
    );
    const said = tried.length === 0 ? last.message : `No language model answered (${tried.join(", ")})`;
    super(last.code, said, {
      cause: last,
      extra: last.extra,
      retryable: last.retryable,
      ...(last.retryAfterMs === undefined ? {} : { retryAfterMs: last.retryAfterMs }),
    });
  }
}

const ONLY_JSON = "Answer with one JSON object and nothing else.";

/** What goes to the provider. JSON is asked for in words as well: some providers have no other way, one demands it. */
export function toRequest({ messages, maxTokens, temperature, json }: CompleteInput): ChatRequest {
  const told = json && !messages.some(({ content }) => /json/i.test(content));
  return {
    messages: told ? [{ role: "system", content: ONLY_JSON }, ...messages] : messages,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(json ? { json } : {}),
  };
}

/** The JSON object in an answer, without the fence that some models put around it; null when there is none. */
export function jsonOf(text: string): string | null {
  const inner = /^\s*```(?:json)?\s*([\s\S]*?)\s*```\s*$/.exec(text)?.[1] ?? text.trim();
  try {
    const value: unknown = JSON.parse(inner);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? inner : null;
  } catch {
    return null;
  }
}

/** What the provider counted; where it does not say, four characters are taken as a token. */
export function countTokens(request: ChatRequest, text: string, told?: TokenUsage): TokenUsage {
  if (told !== undefined && told.input + told.output > 0) return told;
  const asked = request.messages.reduce((length, { content }) => length + content.length, 0);
  return { input: Math.ceil(asked / 4), output: Math.ceil(text.length / 4) };
}
