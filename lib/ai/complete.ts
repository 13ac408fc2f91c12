import { z } from "zod";
import { readCache, writeCache } from "../cache/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError } from "../kernel/errors.ts";
import { sha256Hex } from "../kernel/text.ts";
import type { ChatRequest, ChatResult, LlmGate } from "../ports/llm.ts";
import { asFailure, beginTrial, unusable } from "./attempt.ts";
import { createBound } from "./bound.ts";
import { named, walkChain } from "./chain.ts";
import {
  type Attempt,
  type CompleteInput,
  type Completion,
  countTokens,
  jsonOf,
  toRequest,
} from "./completion.ts";

const keptSchema = z.object({
  text: z.string(),
  usage: z.object({ input: z.number(), output: z.number() }),
  provider: z.string(),
  model: z.string(),
  cut: z.boolean(),
});

/**
 * One answer of the first provider that gives one, in order, under `config.llm.deadlineMs`. Every call of a
 * provider is a usage row. Throws `not_configured`, `quota_exceeded`, or ChainError with the attempts.
 */
export async function complete(ctx: Ctx, input: CompleteInput): Promise<Completion> {
  requireScope(ctx, "ai:use");
  refuseInside(ctx);
  const request = toRequest(input);
  const key = await cacheKeyOf(ctx, input, request);
  const kept = key === null
    ? undefined
    : keptSchema.safeParse(await readCache(ctx, { namespace: "llm", key })).data;
  if (kept !== undefined) return { ...kept, cached: true, attempts: [] };

  const attempts: Attempt[] = [];
  const answer = await walkChain(
    ctx,
    attempts,
    (gate, limitMs) => askOnce(ctx, { gate, limitMs, input, request, attempts }),
  );
  if (key !== null && !answer.cut) {
    const ttl = input.cacheTtlMs === undefined ? {} : { ttlMs: input.cacheTtlMs };
    await writeCache(ctx, { namespace: "llm", key, value: answer, ...ttl });
  }
  return { ...answer, cached: false, attempts };
}

interface Ask {
  readonly gate: LlmGate;
  readonly limitMs: number;
  readonly input: CompleteInput;
  readonly request: ChatRequest;
  readonly attempts: Attempt[];
}

async function askOnce(ctx: Ctx, { gate, limitMs, input, request, attempts }: Ask) {
  const trial = await beginTrial(ctx, { gate, input, attempts });
  const bound = createBound(ctx.signal);
  let result: ChatResult;
  try {
    result = await bound.within(gate.provider.chat(gate.model, request, bound.signal), limitMs);
  } catch (thrown) {
    const error = asFailure(thrown);
    await trial.end({ error });
    throw error;
  } finally {
    bound.close();
  }
  const usage = countTokens(request, result.text, result.usage);
  const text = input.json ? jsonOf(result.text) : result.text.trim();
  if (text === null || text === "") {
    const outcome = text === "" || result.text.trim() === "" ? "empty" : "not_json";
    const error = unusable(outcome);
    await trial.end({ error, outcome, usage });
    throw error;
  }
  await trial.end({ usage });
  return { ...named(gate), text, usage, cut: result.finish === "length" };
}

/** null: not to be cached. */
async function cacheKeyOf(ctx: Ctx, input: CompleteInput, request: ChatRequest): Promise<string | null> {
  const wanted = input.cacheTtlMs === undefined ? input.temperature === 0 : input.cacheTtlMs > 0;
  return wanted ? await sha256Hex(JSON.stringify([ctx.config.llm.chain, request])) : null;
}

/** A transaction that waited for a provider would hold up every other writer. */
export function refuseInside(ctx: Ctx): void {
  if ("inTransaction" in ctx) {
    throw new AppError("internal", "A language model may not be called inside a transaction");
  }
}
