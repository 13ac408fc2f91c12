import type { Ctx } from "../context.ts";
import { AppError, messageOf } from "../kernel/errors.ts";
import type { LlmGate, TokenUsage } from "../ports/llm.ts";
import { noteUsage, type Reservation, reserveCall } from "../usage/mod.ts";
import { isCancelled } from "./bound.ts";
import { Halted, named } from "./chain.ts";
import type { Attempt, CompleteInput } from "./completion.ts";

/** Errors after which the vendor bills nothing for certain: the reserved call is given back. */
const UNSERVED: ReadonlySet<string> = new Set(["rate_limited", "not_configured", "upstream_rejected"]);
const NOTHING: TokenUsage = { input: 0, output: 0 };

export interface Ending {
  /** Default `ok`, or the error's code. */
  readonly outcome?: string;
  readonly usage?: TokenUsage;
  readonly error?: AppError;
}

/** One call of one provider: counted before, and written down exactly once however it ends. */
export interface Trial {
  end(ending: Ending): Promise<void>;
}

export interface TrialOptions {
  readonly gate: LlmGate;
  readonly input: CompleteInput;
  readonly attempts: Attempt[];
}

/** Takes the call from the caps. Throws Halted when they are spent, or when they can't be asked. */
export async function beginTrial(ctx: Ctx, { gate, input, attempts }: TrialOptions): Promise<Trial> {
  const reservation = await reserve(ctx, { gate, input });
  const started = performance.now();
  let ended = false;
  return {
    async end({ error, outcome = outcomeOf(error), usage = NOTHING }) {
      if (ended) return;
      ended = true;
      const ms = Math.round(performance.now() - started);
      if (error === undefined || outcome === "empty" || outcome === "not_json") gate.succeeded(ms);
      else if (isCancelled(error)) gate.released();
      else gate.failed(error);
      attempts.push({ ...named(gate), outcome, reason: error?.message ?? null, ms });
      await noteUsage(ctx, {
        ...named(gate),
        purpose: input.purpose,
        inputTokens: usage.input,
        outputTokens: usage.output,
        ms,
        outcome,
        subjectId: input.subjectId,
        conversationId: input.conversationId,
        reservation,
        refund: error !== undefined && UNSERVED.has(error.code),
      });
    },
  };
}

async function reserve(
  ctx: Ctx,
  { gate, input }: { readonly gate: LlmGate; readonly input: CompleteInput },
): Promise<Reservation> {
  try {
    return await reserveCall(ctx, input);
  } catch (thrown) {
    gate.released();
    throw thrown instanceof AppError ? new Halted(thrown) : thrown;
  }
}

function outcomeOf(error: AppError | undefined): string {
  if (error === undefined) return "ok";
  return isCancelled(error) ? "cancelled" : error.code;
}

/** An adapter throws AppError only; anything else is a fault of ours, counted against the target all the same. */
export function asFailure(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError("upstream_failed", `The provider's adapter failed: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

/** The provider answered, but with nothing that can be used: paid for, and another may do better. */
export function unusable(outcome: "empty" | "not_json"): AppError {
  const what = outcome === "empty" ? "an empty answer" : "something that is not one JSON object";
  return new AppError("upstream_failed", `The model gave ${what}`);
}
