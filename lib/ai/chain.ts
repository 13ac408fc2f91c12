import type { Ctx } from "../context.ts";
import { AppError, notConfigured } from "../kernel/errors.ts";
import { backoffMs, sleep } from "../kernel/retry.ts";
import type { LlmGate } from "../ports/llm.ts";
import { cancelled, isCancelled } from "./bound.ts";
import { type Attempt, ChainError } from "./completion.ts";

/** How often the chain is walked, while there is time. */
const ROUNDS = 3;
const BACKOFF = { baseMs: 250, maxMs: 2000 } as const;
/** A pause that short is waited out although another target could answer: the order is the owner's wish. */
const SHORT_PAUSE_MS = 1000;

/** An attempt that failed before the provider was called: no other target would fare better. */
export class Halted extends Error {
  constructor(readonly error: AppError) {
    super(error.message);
  }
}

/** One attempt at an admitted gate, `limitMs` long at most. Tells the gate how it went; throws AppError or Halted. */
export type Run<T> = (gate: LlmGate, limitMs: number) => Promise<T>;

/**
 * Tries the gates in order under one deadline. While another could still answer, one gets half of what is left,
 * so that a hanging provider can't eat all of it. What failed for a passing reason is tried again when its
 * pause is over, if that is before the deadline. Throws ChainError.
 */
export async function walkChain<T>(ctx: Ctx, attempts: Attempt[], run: Run<T>): Promise<T> {
  const gates = ctx.ports.llm;
  if (gates.length === 0) {
    throw notConfigured("A language model", ["LLM_CHAIN", "GEMINI_API_KEY", "OPENAI_API_KEY"]);
  }
  const ends = performance.now() + ctx.config.llm.deadlineMs;
  const walk: Walk = { gates, attempts, out: new Set(), failures: [], left: () => ends - performance.now() };
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, gate] of gates.entries()) {
      const answer = await tryGate({ ...walk, ctx, index, gate }, run);
      if (answer !== undefined) return answer.value;
    }
    const wait = nextWait(walk, round);
    if (round === ROUNDS || wait >= walk.left()) break;
    await pause(ctx, wait, attempts);
  }
  throw new ChainError(verdict(walk), attempts);
}

interface Walk {
  readonly gates: readonly LlmGate[];
  readonly attempts: Attempt[];
  /** Those that would fail this request again. */
  readonly out: Set<LlmGate>;
  readonly failures: AppError[];
  left(): number;
}

interface Turn extends Walk {
  readonly ctx: Ctx;
  readonly gate: LlmGate;
  readonly index: number;
}

async function tryGate<T>(turn: Turn, run: Run<T>): Promise<{ readonly value: T } | undefined> {
  const { ctx, gate, gates, index, out, failures, attempts } = turn;
  for (let again = 0; !out.has(gate) && turn.left() > 0; again++) {
    if (ctx.signal?.aborted) throw new ChainError(cancelled(), attempts);
    const admission = gate.admit();
    if (!admission.allowed) {
      attempts.push({ ...named(gate), outcome: "skipped", reason: admission.reason, ms: 0 });
      return undefined;
    }
    const others = gates.slice(index + 1).some((other) => !out.has(other) && other.peek().allowed);
    const limit = others ? turn.left() / 2 : turn.left();
    try {
      return { value: await run(gate, limit) };
    } catch (thrown) {
      if (thrown instanceof Halted) throw thrown.error;
      if (!(thrown instanceof AppError)) throw thrown;
      if (isCancelled(thrown)) throw new ChainError(thrown, attempts);
      failures.push(thrown);
      if (!thrown.retryable) out.add(gate);
      const { retryAfterMs } = thrown;
      if (retryAfterMs === undefined || retryAfterMs > SHORT_PAUSE_MS || retryAfterMs >= limit || again > 0) {
        return undefined;
      }
      await pause(ctx, retryAfterMs, attempts);
    }
  }
  return undefined;
}

/** Until the first gate that may still answer can be asked again; Infinity when there is none. */
function nextWait({ gates, out }: Walk, round: number): number {
  const waits = gates.filter((gate) => !out.has(gate)).map((gate) => {
    const admission = gate.peek();
    return admission.allowed ? backoffMs(BACKOFF, round) : admission.retryAfterMs;
  });
  return Math.min(Infinity, ...waits);
}

async function pause(ctx: Ctx, ms: number, attempts: readonly Attempt[]): Promise<void> {
  // Timers and clocks round differently: one millisecond more, so that the pause is over.
  await sleep(ms + 1, ctx.signal ?? undefined).catch(() => {
    throw new ChainError(cancelled(), attempts);
  });
}

/** The error that says most: one that may pass before one that won't, the newest first. */
function verdict(walk: Walk): AppError {
  const last = walk.failures.findLast(({ retryable }) => retryable) ?? walk.failures.at(-1);
  const wait = nextWait(walk, ROUNDS);
  const retry = Number.isFinite(wait) ? { retryAfterMs: Math.ceil(wait) } : {};
  if (last === undefined) return new AppError("upstream_failed", "Every language model is paused", retry);
  return last.retryable && last.retryAfterMs === undefined
    ? new AppError(last.code, last.message, { ...retry, cause: last })
    : last;
}

export function named(gate: LlmGate): { readonly provider: string; readonly model: string } {
  return { provider: gate.provider.name, model: gate.model };
}
