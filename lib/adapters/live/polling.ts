import type { LiveBus } from "../../ports/live.ts";

/**
 * The bus where requests share no memory worth trusting: every stream is told to look at the log at an interval. A
 * pulse goes unheard, because a runtime may not let one request wake another.
 */
export function createPollingLiveBus({ everyMs = 1000 }: { readonly everyMs?: number } = {}): LiveBus {
  let subscribers = 0;
  return {
    get subscribers() {
      return subscribers;
    },
    pulse() {},
    onPulse: () => () => {},
    subscribe(_workspaceId, listener) {
      const timer = setInterval(() => listener(null), everyMs);
      let heard = true;
      subscribers++;
      return () => {
        if (!heard) return;
        heard = false;
        subscribers--;
        clearInterval(timer);
      };
    },
  };
}
