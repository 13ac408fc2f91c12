import { AsyncLocalStorage } from "node:async_hooks";

/** What an edge runtime hands to `fetch` beside the request: work promised here outlives the answer. */
export interface Lifetime {
  waitUntil(work: Promise<unknown>): void;
}

const current = new AsyncLocalStorage<Lifetime>();

/** Runs `work` so that `defer` within it reaches this request's lifetime. */
export function within<T>(lifetime: Lifetime, work: () => T): T {
  return current.run(lifetime, work);
}

/** Lets `work` end after the answer of the request that is served. Its failure is its own to report. */
export function defer(work: Promise<unknown>): void {
  const settled = work.catch(() => {});
  current.getStore()?.waitUntil(settled);
}
