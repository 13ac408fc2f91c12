export { type Consumer, drainConsumers, retryEvent } from "./consume.ts";
export { eventsConsume, eventsRetry } from "./jobs.ts";
export { consumerSchedules } from "./schedules.ts";
