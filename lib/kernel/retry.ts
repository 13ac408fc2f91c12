/** Exponential backoff with full jitter below a floor of half (AWS Architecture Blog, "Exponential Backoff And Jitter"). */
export interface Backoff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** The wait before attempt `attempt + 1`; `attempt` counts from 1, `chance` is in [0, 1). */
export function backoffMs(backoff: Backoff, attempt: number, chance: number = Math.random()): number {
  const full = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * chance);
}

/** Thrown by a job's handler to run again later without burning an attempt. */
export class RetryAfter extends Error {
  override readonly name = "RetryAfter";
  constructor(readonly delayMs: number, reason: string) {
    super(reason);
  }
}

/** Thrown by a job's handler when no attempt can ever succeed: a dead letter at once. */
export class Impossible extends Error {
  override readonly name = "Impossible";
}

/** Resolves after `ms`, or rejects with the signal's reason. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
