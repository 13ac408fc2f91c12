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

/** How many values lie in each bucket, of which `edges` are the upper ends in milliseconds; the last is endless. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly buckets: readonly number[];
  readonly count: number;
  readonly sumMs: number;
}

export interface RouteSeries {
  readonly route: string;
  /** Requests by the first digit of their status, such as "2xx". */
  readonly statuses: Readonly<Record<string, number>>;
  readonly latency: Histogram;
}

export type RunOutcome = "done" | "retry" | "dead" | "lost";

export interface RunMeasure {
  readonly job: string;
  readonly lane: string;
  readonly outcome: RunOutcome;
  /** From when it was due until it began. */
  readonly waitMs: number;
  readonly ms: number;
}

export interface LaneSeries {
  readonly lane: string;
  readonly wait: Histogram;
  readonly run: Histogram;
}

export interface RunSeries {
  readonly job: string;
  readonly lane: string;
  readonly outcome: RunOutcome;
  readonly count: number;
}

/** What failed where nobody waited for it: a promise, or code that ran by itself, such as a timer's. */
export type StrayKind = "rejection" | "exception";

/** Counts of this process. */
export interface Meter {
  request(route: string, result: { readonly status: number; readonly ms: number }): void;
  /** One run of a job has ended. */
  run(measure: RunMeasure): void;
  stray(kind: StrayKind): void;
  routes(): readonly RouteFigures[];
  process(): ProcessFigures;
  /** All that was counted since the start. */
  series(): {
    readonly routes: readonly RouteSeries[];
    readonly lanes: readonly LaneSeries[];
    readonly runs: readonly RunSeries[];
    readonly strays: Readonly<Record<StrayKind, number>>;
  };
}
