import { ZodError } from "zod";
import type { JobDefinition } from "../kernel/define-job.ts";
import { AppError, isStoreFault, messageOf } from "../kernel/errors.ts";
import { redactText } from "../kernel/redact.ts";
import { backoffMs, Impossible, RetryAfter } from "../kernel/retry.ts";

/** Thrown when a handler's run no longer owns its job: another claim, a cancel or an expired lease took it. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
  constructor(readonly jobId: string) {
    super(`The lease of job ${jobId} is lost: another run owns it, or it was cancelled`);
  }
}

/** The reason of `ctx.signal` when the process stops; the attempt is not burnt. */
export class Shutdown extends Error {
  override readonly name = "Shutdown";
}

/** What becomes of a job whose run threw. */
export type Outcome =
  | { readonly kind: "dead"; readonly error: string }
  | { readonly kind: "retry"; readonly delayMs: number; readonly burnt: boolean; readonly error: string }
  | { readonly kind: "lost" };

export interface FailedRun {
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly backoff: JobDefinition["backoff"];
  /** In [0, 1): the jitter. */
  readonly chance: number;
}

const STORE_WAIT_MS = 5000;

/** Pure: reads what was thrown. An AppError says itself whether another attempt can succeed. */
export function outcomeOf(thrown: unknown, run: FailedRun): Outcome {
  if (thrown instanceof LeaseLost) return { kind: "lost" };
  const error = describe(thrown);
  if (thrown instanceof Shutdown) return { kind: "retry", delayMs: 0, burnt: false, error };
  if (thrown instanceof RetryAfter) return { kind: "retry", delayMs: thrown.delayMs, burnt: false, error };
  if (thrown instanceof Impossible || thrown instanceof ZodError) return { kind: "dead", error };
  // No job's fault, so no attempt is burnt however long it lasts.
  if (isStoreFault(thrown) && thrown.retryAfterMs !== undefined) {
    const delayMs = Math.max(thrown.retryAfterMs, Math.round(STORE_WAIT_MS * (1 + run.chance) / 2));
    return { kind: "retry", delayMs, burnt: false, error };
  }
  if (thrown instanceof AppError && !thrown.retryable) return { kind: "dead", error };
  if (run.attempts >= run.maxAttempts) {
    return { kind: "dead", error: `${error} (attempt ${run.attempts}, the last)` };
  }
  const told = thrown instanceof AppError ? thrown.retryAfterMs ?? 0 : 0;
  return {
    kind: "retry",
    delayMs: Math.max(told, backoffMs(run.backoff, run.attempts, run.chance)),
    burnt: true,
    error,
  };
}

function describe(thrown: unknown): string {
  const code = thrown instanceof AppError ? `${thrown.code}: ` : "";
  return redactText(`${code}${messageOf(thrown)}`).slice(0, 1000);
}
