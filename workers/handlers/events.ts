import { drainConsumers, eventsConsume, eventsRetry, retryEvent } from "../../lib/consumers/mod.ts";
import { handler, type JobHandler } from "../../lib/jobs/mod.ts";
import { consumers } from "../consumers.ts";

export const eventHandlers: readonly JobHandler[] = [
  handler(eventsConsume, async (ctx) => void await drainConsumers(ctx, consumers)),
  handler(eventsRetry, async (ctx, payload) => await retryEvent(ctx, { ...payload, consumers })),
];
