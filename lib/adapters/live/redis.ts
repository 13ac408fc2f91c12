import { newSecret } from "../../kernel/ids.ts";
import { sleep } from "../../kernel/retry.ts";
import type { LiveBus } from "../../ports/live.ts";
import type { RedisLink } from "../redis/link.ts";
import type { RedisSubscription } from "../redis/subscribe.ts";

export interface RedisLiveBusOptions {
  /** The bus of this process. */
  readonly local: LiveBus;
  readonly link: RedisLink;
  /** Listens until closed; called again by itself after a lost connection. null: this process only tells. */
  readonly subscribe:
    | ((channel: string, onMessage: (text: string | null) => void) => Promise<RedisSubscription>)
    | null;
  /** Pulses within it are one message. */
  readonly gapMs?: number;
}

export interface RedisLiveBus extends LiveBus {
  /** Begins to listen to other processes. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const CHANNEL = "cauce:live";

/**
 * Tells other processes that the log grew, and its own streams when another one says so. A message carries nothing but
 * who sent it: streams read the log by cursor, so a lost, doubled or late one loses and doubles nothing.
 */
export function createRedisLiveBus(
  { local, link, subscribe, gapMs = 20 }: RedisLiveBusOptions,
): RedisLiveBus {
  const me = newSecret(9);
  const closing = new AbortController();
  let subscription: Promise<RedisSubscription> | undefined;
  let wanted = false;
  let telling: Promise<void> | null = null;

  /** At most one message is under way, and one a gap. */
  async function tell(): Promise<void> {
    while (wanted && !closing.signal.aborted) {
      wanted = false;
      await link.attempt((call) => call("PUBLISH", CHANNEL, me));
      await sleep(gapMs, closing.signal).catch(() => {});
    }
  }

  return {
    get subscribers() {
      return local.subscribers;
    },
    pulse(event) {
      local.pulse(event);
      if (event === null) return; // whoever committed it has told already
      wanted = true;
      telling ??= tell().finally(() => telling = null);
    },
    onPulse: (listener) => local.onPulse(listener),
    subscribe: (workspaceId, listener) => local.subscribe(workspaceId, listener),
    async start() {
      subscription ??= subscribe?.(CHANNEL, (text) => {
        if (text !== me) local.pulse(null);
      });
      await subscription;
    },
    async close() {
      closing.abort();
      await telling;
      await (await subscription)?.close();
      await link.close();
    },
  };
}
