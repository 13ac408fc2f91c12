import type { Histogram } from "../../ports/meter.ts";

/** Upper edges of the buckets, in milliseconds. */
const EDGES = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 125, 250, 500, 1000, 2000, 4000, 8000, 16_000, Infinity];
const MOST_MS = 60_000;

/** Counts durations in buckets: adding one is a few comparisons. */
export class Buckets {
  readonly #counts = new Uint32Array(EDGES.length);
  #sum = 0;
  #count = 0;

  add(ms: number): void {
    let bucket = 0;
    while (ms > (EDGES[bucket] ?? Infinity)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += ms;
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** The upper edge of the bucket in which the share lies. */
  percentile(share: number): number {
    let seen = 0;
    for (let i = 0; i < EDGES.length; i++) {
      seen += this.#counts[i] ?? 0;
      if (seen >= share * this.#count) return Math.min(EDGES[i] ?? 0, MOST_MS);
    }
    return 0;
  }

  histogram(): Histogram {
    return { edges: EDGES, buckets: [...this.#counts], count: this.#count, sumMs: this.#sum };
  }
}
