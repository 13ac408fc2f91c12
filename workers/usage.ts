import type { TaskIsolation } from "../lib/ports/isolation.ts";

/** What of the machine is used, and was since the beginning. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** What this process uses, and those that compute for it. */
export function usageWith(isolation: TaskIsolation | null, own: () => Usage): () => Usage {
  return () => {
    const { cpuMs, rssBytes } = own();
    const apart = isolation?.usage();
    return { cpuMs: cpuMs + (apart?.cpuMs ?? 0), rssBytes: rssBytes + (apart?.rssBytes ?? 0) };
  };
}
