/** Why a stream ended: the reader left, the server stops, or its time or right is over and the caller is checked anew. */
export type EndReason = "gone" | "drain" | "expired";

export interface StreamEnd {
  readonly signal: AbortSignal;
  readonly reason: EndReason | null;
  end(reason: EndReason): void;
}

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The end of one stream: by `end`, by `drain` (the server's), or after `lifeMs`, so that no stream outlives the
 * access token that it was opened with.
 */
export function createStreamEnd({ drain, lifeMs }: { drain: AbortSignal | null; lifeMs: number }): StreamEnd {
  const controller = new AbortController();
  let reason: EndReason | null = null;
  const onDrain = () => end("drain");
  const timer = setTimeout(() => end("expired"), Math.min(lifeMs, LONGEST_TIMER_MS));
  drain?.addEventListener("abort", onDrain);
  function end(why: EndReason): void {
    if (reason !== null) return;
    reason = why;
    clearTimeout(timer);
    drain?.removeEventListener("abort", onDrain);
    controller.abort();
  }
  if (drain?.aborted) end("drain");
  return {
    signal: controller.signal,
    get reason() {
      return reason;
    },
    end,
  };
}
