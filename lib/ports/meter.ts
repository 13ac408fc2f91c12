export interface RouteFigures {
  readonly route: string;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds, read off a histogram: the upper edge of the bucket. */
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}

export interface ProcessFigures {
  readonly uptime_s: number;
  readonly rss_bytes: number;
  readonly heap_used_bytes: number;
  readonly cpu_cores: number;
  readonly load_average: number | null;
}

/** Counts of this process. */
export interface Meter {
  request(route: string, result: { readonly status: number; readonly ms: number }): void;
  routes(): readonly RouteFigures[];
  process(): ProcessFigures;
}
