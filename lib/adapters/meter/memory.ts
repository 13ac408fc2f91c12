import type { Meter, ProcessFigures, RouteFigures } from "../../ports/meter.ts";

/** Upper edges of the latency buckets, in milliseconds. */
const EDGES = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000, Infinity];
const MAX_ROUTES = 500;

interface Counts {
  requests: number;
  errors: number;
  readonly buckets: Uint32Array;
}

/** Counts in memory, a histogram a route. */
export function createMemoryMeter(readProcess: () => ProcessFigures): Meter {
  const byRoute = new Map<string, Counts>();
  return {
    request(route, { status, ms }) {
      let counts = byRoute.get(route);
      if (counts === undefined) {
        if (byRoute.size >= MAX_ROUTES) return;
        byRoute.set(route, counts = { requests: 0, errors: 0, buckets: new Uint32Array(EDGES.length) });
      }
      counts.requests++;
      if (status >= 500) counts.errors++;
      let bucket = 0;
      while (ms > (EDGES[bucket] ?? Infinity)) bucket++;
      counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
    },
    routes: () =>
      [...byRoute].map(([route, counts]) => figures(route, counts)).sort((a, b) => b.requests - a.requests),
    process: readProcess,
  };
}

function figures(route: string, { requests, errors, buckets }: Counts): RouteFigures {
  const percentile = (share: number): number => {
    let seen = 0;
    for (let i = 0; i < EDGES.length; i++) {
      seen += buckets[i] ?? 0;
      if (seen >= share * requests) return Math.min(EDGES[i] ?? 0, 60_000);
    }
    return 0;
  };
  return {
    route,
    requests,
    errors,
    p50_ms: percentile(0.5),
    p95_ms: percentile(0.95),
    p99_ms: percentile(0.99),
  };
}
