import { type Consumer, drainConsumers } from "../lib/consumers/mod.ts";
import type { Ctx } from "../lib/context.ts";
import { SECOND } from "../lib/kernel/clock.ts";
import { messageOf } from "../lib/kernel/errors.ts";

export interface PumpOptions {
  readonly context: Ctx;
  readonly consumers: readonly Consumer[];
  /** Pulses within it are one look at the log. */
  readonly gapMs?: number;
  /** Looks without a pulse: what other processes committed. */
  readonly pollMs?: number;
}

/** Hands consumers new events soon after their commit. What it misses (a crash, a fault) the next look finds. */
export function createPump({ context, consumers, gapMs = 20, pollMs = 2 * SECOND }: PumpOptions) {
  const stopping = new AbortController();
  const ctx = context.as({});
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Infinity;
  let running: Promise<void> | null = null;
  let unhear = () => {};

  function arm(ms: number): void {
    const at = performance.now() + ms;
    if (stopping.signal.aborted || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(look, ms);
  }

  function look(): void {
    dueAt = Infinity;
    if (running !== null) return arm(gapMs);
    running = drainConsumers(ctx, consumers)
      .then(() => {}, (error) => {
        ctx.ports.log.log("error", "Consumers could not be given their events", { error: messageOf(error) });
      })
      .finally(() => {
        running = null;
        arm(pollMs);
      });
  }

  return {
    start(): void {
      if (consumers.length === 0) return;
      unhear = context.ports.live.onPulse(() => arm(gapMs));
      arm(0);
    },
    async stop(): Promise<void> {
      unhear();
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
