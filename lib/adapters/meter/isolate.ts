import type { ProcessFigures } from "../../ports/meter.ts";

/** Figures of an isolate, which is told nothing of the machine: memory reads 0, the load null. */
export function createIsolateReader(startedAt: number): () => ProcessFigures {
  return () => ({
    uptime_s: Math.round((Date.now() - startedAt) / 1000),
    rss_bytes: 0,
    heap_used_bytes: 0,
    cpu_cores: 1,
    load_average: null,
  });
}
