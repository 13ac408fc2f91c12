import type { Ctx } from "../lib/context.ts";
import { oldestReady } from "../lib/jobs/mod.ts";
import { SECOND } from "../lib/kernel/clock.ts";
import { type Lane, LANES } from "../lib/kernel/define-job.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import { type PoolName, POOLS } from "../lib/ports/isolation.ts";
import { type Bounds, type LaneScale, scaleLane, startScale } from "../lib/scaling/mod.ts";
import type { Runner } from "./runner.ts";
import type { Usage } from "./usage.ts";

export interface ScalerOptions {
  readonly context: Ctx;
  readonly runner: Pick<Runner, "lanes" | "busy" | "scale">;
  /** Lanes that are left out stay as they are. */
  readonly bounds: Partial<Readonly<Record<Lane, Bounds>>>;
  /** What this process uses, and those that compute for it. */
  readonly usage: () => Usage;
  readonly cores?: number;
  readonly lookMs?: number;
}

/** Something that grows and shrinks, as it is at this look. */
interface Scaled {
  readonly name: string;
  readonly bounds: Bounds;
  readonly concurrency: number;
  readonly running: number;
  readonly waitMs: number;
  readonly scale: (to: number) => void;
}

/**
 * Looks each second how long jobs wait for a lane, and calls for a process that computes, and how busy the machine is;
 * lets lanes and pools of processes grow and shrink between bounds.
 */
export function createScaler(options: ScalerOptions) {
  const { context, runner, bounds, usage, cores = navigator.hardwareConcurrency, lookMs = SECOND } = options;
  const { isolation } = context.ports;
  const scales = new Map<string, LaneScale>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopped = true;
  let before = { at: performance.now(), cpuMs: usage().cpuMs };

  /** The share of all cores since the look before. */
  function measureCpu(): number {
    const now = { at: performance.now(), cpuMs: usage().cpuMs };
    const cpu = (now.cpuMs - before.cpuMs) / Math.max(1, now.at - before.at) / cores;
    before = now;
    return Math.min(1, Math.max(0, cpu));
  }

  async function lanes(): Promise<Scaled[]> {
    const oldest = await oldestReady(context);
    const now = context.now();
    return LANES.flatMap((lane) => {
      const between = bounds[lane];
      const concurrency = runner.lanes[lane];
      if (between === undefined || concurrency === undefined) return [];
      return {
        name: `lane ${lane}`,
        bounds: between,
        concurrency,
        running: runner.busy(lane),
        waitMs: Math.max(0, now - (oldest.get(lane) ?? now)),
        scale: (to) => runner.scale(lane, to),
      };
    });
  }

  /** Never narrower than the lane of its name, and as wide as the cores or as that lane. */
  function boundsOf(pool: PoolName): Bounds {
    const lane = runner.lanes[pool] ?? 1;
    const most = pool === "cpu" ? Math.max(2, cores) : Math.max(1, Math.floor(cores / 2));
    return { least: lane, most: Math.max(most, lane) };
  }

  function pools(): Scaled[] {
    if (isolation === null) return [];
    return POOLS.map((pool) => {
      const { places, ...load } = isolation.load(pool);
      return {
        name: `processes ${pool}`,
        bounds: boundsOf(pool),
        concurrency: places,
        ...load,
        scale: (to) => isolation.scale(pool, to),
      };
    });
  }

  /** One look at every lane and every pool; pools come last, since they follow their lanes. */
  async function look(): Promise<void> {
    const cpu = measureCpu();
    for (const lane of await lanes()) scale(lane, cpu);
    for (const pool of pools()) scale(pool, cpu);
  }

  function scale(one: Scaled, cpu: number): void {
    const { name, waitMs, running } = one;
    const before = scales.get(name) ?? startScale(one.bounds, one.concurrency);
    const next = scaleLane(before, { waitMs, running, cpu }, one.bounds);
    scales.set(name, next);
    if (next.concurrency === before.concurrency) return;
    one.scale(next.concurrency);
    const change = { scaled: name, from: before.concurrency, to: next.concurrency, wait_ms: waitMs, cpu };
    context.ports.log.log("info", "Scaled", change);
  }

  async function turn(): Promise<void> {
    try {
      await look();
    } catch (error) {
      context.ports.log.log("error", "Lanes could not be scaled", { error: messageOf(error) });
    }
    arm();
  }

  function arm(): void {
    if (!stopped) timer = setTimeout(() => looking = turn(), lookMs);
  }

  return {
    look,
    start(): void {
      stopped = false;
      arm();
    },
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
