import type { Ctx } from "../context.ts";
import { SECOND } from "../kernel/clock.ts";
import { sleep } from "../kernel/retry.ts";
import type { LiveEvent } from "../ports/live.ts";
import { type Gauges, gauges } from "./overview.ts";

const GAP_MS = SECOND;

/**
 * How things stand, at once and then whenever something happened, once a second at the most. null: a beat of
 * silence. `events` says that something happened (lib/live).
 */
export async function* followGauges(
  ctx: Ctx,
  { events, signal }: { events: AsyncGenerator<LiveEvent[], void, void>; signal: AbortSignal },
): AsyncGenerator<Gauges | null, void, void> {
  yield await gauges(ctx);
  for await (const batch of events) {
    if (batch.length === 0) yield null;
    else {
      yield await gauges(ctx);
      await sleep(GAP_MS, signal).catch(() => {});
    }
  }
}
