import { AppError } from "../kernel/errors.ts";

/** A call that can be given up: by time, and because its caller went away. */
export interface Bound {
  readonly signal: AbortSignal;
  /** Throws `upstream_timeout` after `ms` even when the work ignores the signal. */
  within<T>(work: Promise<T>, ms: number): Promise<T>;
  /** Aborts what still runs and lets go of the caller's signal. */
  close(): void;
}

export function createBound(caller: AbortSignal | null): Bound {
  const controller = new AbortController();
  let giveUp: (error: AppError) => void = () => {};
  const stop = (error: AppError) => {
    giveUp(error);
    controller.abort(error);
  };
  const onCaller = () => stop(cancelled());
  caller?.addEventListener("abort", onCaller, { once: true });
  return {
    signal: controller.signal,
    async within(work, ms) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const limit = new Promise<never>((_resolve, reject) => {
        giveUp = reject;
        if (caller?.aborted) stop(cancelled());
        const late = () => stop(new AppError("upstream_timeout", `No answer within ${Math.round(ms)} ms`));
        timer = setTimeout(late, Math.max(0, Math.min(ms, 2 ** 31 - 1)));
      });
      try {
        return await Promise.race([work, limit]);
      } finally {
        clearTimeout(timer);
        giveUp = () => {};
      }
    },
    close() {
      caller?.removeEventListener("abort", onCaller);
      if (!controller.signal.aborted) controller.abort(cancelled());
    },
  };
}

export function cancelled(): AppError {
  return new AppError("upstream_timeout", "The caller stopped waiting for the language model", {
    extra: { reason: "cancelled" },
  });
}

export function isCancelled(error: AppError): boolean {
  return error.extra.reason === "cancelled";
}
