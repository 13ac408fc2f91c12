import { type Bounds, type LaneScale, SCALE_RULE, scaleLane, type ScaleRule, startScale } from "./policy.ts";

/** A load: how much came in each second. */
export interface LoadCurve {
  readonly name: string;
  /** Jobs that came, second by second. */
  readonly arrivals: readonly number[];
  /** How long one of them takes when it runs. */
  readonly serviceMs: number;
  /** Of it, what is CPU of this machine. */
  readonly cpuMs: number;
}

export interface SimulationOptions {
  readonly bounds: Bounds;
  readonly cores: number;
  readonly rule?: ScaleRule;
  /** A number: as many at once from the start to the end, for comparison. */
  readonly fixed?: number;
}

export interface Simulated {
  readonly jobs: number;
  /** How long jobs waited before they began. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Places held, over the whole time: what it cost. */
  readonly placeSeconds: number;
  readonly mostAtOnce: number;
  readonly changes: number;
  /** The concurrency at the end of each second. */
  readonly trace: readonly number[];
}

const STEP_MS = 50;
const LOOK_MS = 1000;

/**
 * Plays a load against the policy in steps of 50 ms: jobs come evenly within their second, wait in one line, and run
 * slower when they want more CPU than there is. After the curve it goes on until all are done.
 */
export function simulate(
  { arrivals, serviceMs, cpuMs }: LoadCurve,
  { bounds, cores, rule = SCALE_RULE, fixed }: SimulationOptions,
): Simulated {
  let scale: LaneScale = startScale(bounds, fixed);
  const waiting: number[] = [];
  let first = 0;
  /** What each running job still needs, in milliseconds of its own time. */
  let running: number[] = [];
  const waits: number[] = [];
  const trace: number[] = [];
  let placeMs = 0, mostAtOnce = scale.concurrency, changes = 0, cpu = 0, owed = 0;
  for (let now = 0;; now += STEP_MS) {
    owed += (arrivals[Math.floor(now / 1000)] ?? 0) * STEP_MS / 1000;
    for (; owed >= 1; owed--) waiting.push(now);
    while (running.length < scale.concurrency && first < waiting.length) {
      waits.push(now - (waiting[first++] ?? now));
      running.push(serviceMs);
    }
    const wanted = running.length * cpuMs / serviceMs / cores;
    const pace = Math.min(1, 1 / Math.max(wanted, 1));
    cpu = Math.min(1, wanted);
    running = running.map((left) => left - STEP_MS * pace).filter((left) => left > 0);
    placeMs += scale.concurrency * STEP_MS;
    if (now % LOOK_MS === LOOK_MS - STEP_MS) {
      trace.push(scale.concurrency);
      if (fixed === undefined) {
        const oldest = waiting[first];
        const waitMs = oldest === undefined ? 0 : now - oldest;
        const taken = first < waiting.length ? scale.concurrency : running.length;
        const next = scaleLane(scale, { waitMs, running: taken, cpu }, bounds, rule);
        if (next.concurrency !== scale.concurrency) changes++;
        scale = next;
        mostAtOnce = Math.max(mostAtOnce, scale.concurrency);
      }
    }
    const over = now >= arrivals.length * 1000 && first >= waiting.length && running.length === 0;
    if (over || now > arrivals.length * 10_000) break;
  }
  waits.sort((a, b) => a - b);
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0;
  return {
    jobs: waits.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
    mostMs: waits.at(-1) ?? 0,
    placeSeconds: placeMs / 1000,
    mostAtOnce,
    changes,
    trace,
  };
}
