import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import type { ChatPart, ChatRequest, LlmGate, TokenUsage } from "../ports/llm.ts";
import { asFailure, beginTrial, type Trial, unusable } from "./attempt.ts";
import { type Bound, cancelled, createBound } from "./bound.ts";
import { named, walkChain } from "./chain.ts";
import {
  type Attempt,
  ChainError,
  type CompleteInput,
  type Completion,
  countTokens,
  toRequest,
} from "./completion.ts";
import { refuseInside } from "./complete.ts";

/** A piece of the answer; the last one has no text and carries the whole. */
export interface CompletionPart {
  readonly text: string;
  readonly completion?: Completion;
}

/**
 * As `complete`, piece by piece and never from the cache. `config.llm.deadlineMs` is for the first piece, and
 * again for each silence after it. A provider that fails after its first piece is not replaced: the reader has
 * seen the beginning. Leaving the loop early ends the provider's call.
 */
export async function* streamComplete(
  ctx: Ctx,
  input: Omit<CompleteInput, "cacheTtlMs" | "json">,
): AsyncGenerator<CompletionPart> {
  requireScope(ctx, "ai:use");
  refuseInside(ctx);
  const request = toRequest(input);
  const attempts: Attempt[] = [];
  const opened = await walkChain(
    ctx,
    attempts,
    (gate, limitMs) => open(ctx, { gate, limitMs, input, request, attempts }),
  );
  const { gate, trial, bound, parts } = opened;
  let text = opened.first;
  let told: TokenUsage | undefined;
  let cut = false;
  try {
    yield { text };
    for (;;) {
      const next = await bound.within(parts.next(), ctx.config.llm.deadlineMs);
      if (next.done) break;
      text += next.value.text;
      told = next.value.usage ?? told;
      cut ||= next.value.finish === "length";
      if (next.value.text !== "") yield { text: next.value.text };
    }
    const usage = countTokens(request, text, told);
    await trial.end({ usage });
    yield { text: "", completion: { ...named(gate), text, usage, cut, cached: false, attempts } };
  } catch (thrown) {
    const error = asFailure(thrown);
    await trial.end({ error, usage: countTokens(request, text, told) });
    throw new ChainError(error, attempts);
  } finally {
    await close(opened);
    // Reached without an end only when the reader left.
    await trial.end({ error: cancelled(), usage: countTokens(request, text, told) });
  }
}

interface Opened {
  readonly gate: LlmGate;
  readonly trial: Trial;
  readonly bound: Bound;
  readonly parts: AsyncIterator<ChatPart>;
  readonly first: string;
}

interface Opening {
  readonly gate: LlmGate;
  readonly limitMs: number;
  readonly input: CompleteInput;
  readonly request: ChatRequest;
  readonly attempts: Attempt[];
}

/** Resolves with the first piece of text. */
async function open(ctx: Ctx, { gate, limitMs, input, request, attempts }: Opening): Promise<Opened> {
  const trial = await beginTrial(ctx, { gate, input, attempts });
  const bound = createBound(ctx.signal);
  const parts = gate.provider.stream(gate.model, request, bound.signal)[Symbol.asyncIterator]();
  try {
    const { text, usage } = await bound.within(firstText(parts), limitMs);
    if (text !== "") return { gate, trial, bound, parts, first: text };
    const error = unusable("empty");
    await trial.end({ error, outcome: "empty", usage: countTokens(request, "", usage) });
    throw error;
  } catch (thrown) {
    const error = asFailure(thrown);
    await close({ bound, parts });
    await trial.end({ error });
    throw error;
  }
}

async function firstText(parts: AsyncIterator<ChatPart>): Promise<ChatPart> {
  let usage: TokenUsage | undefined;
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    if (next.value.text !== "") return next.value;
    usage = next.value.usage ?? usage;
  }
  return { text: "", ...(usage === undefined ? {} : { usage }) };
}

/** The abort ends a pending read, so that the iterator can be let go. */
async function close({ bound, parts }: Pick<Opened, "bound" | "parts">): Promise<void> {
  bound.close();
  await Promise.allSettled([parts.return?.()]);
}
