import type { LiveBus, LivePulse } from "../ports/live.ts";

/** Remembers that the log may have grown, and lets one reader sleep until it does. */
export interface Bell {
  /** Forgets earlier rings. Call it before reading, so that a ring during the read is kept. */
  reset(): void;
  /** Resolves to true when it has rung since `reset`, to false after `ms` of silence or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>;
  remove(): void;
}

/** A bell rung by the pulses of a workspace that `concerns` accepts, and by those of other processes. */
export function hangBell(
  live: LiveBus,
  { workspaceId, concerns }: { workspaceId: string; concerns: (event: LivePulse) => boolean },
): Bell {
  let rung = false;
  let wake = () => {};
  const remove = live.subscribe(workspaceId, (event) => {
    if (event !== null && !concerns(event)) return;
    rung = true;
    wake();
  });
  return {
    reset() {
      rung = false;
    },
    wait(ms, signal) {
      if (rung || signal.aborted) return Promise.resolve(rung);
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          wake = () => {};
          resolve(rung);
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener("abort", done);
        wake = done;
      });
    },
    remove,
  };
}
