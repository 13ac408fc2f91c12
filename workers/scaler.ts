import type { Ctx } from "../lib/context.ts";
import { jobStats } from "../lib/jobs/mod.ts";
import { SECOND } from "../lib/kernel/clock.ts";
import type { Lane } from "../lib/kernel/define-job.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import { type Bounds, type LaneScale, scaleLane, startScale } from "../lib/scaling/mod.ts";
import type { Usage } from "./presence.ts";
import type { Runner } from "./runner.ts";

export interface ScalerOptions {
  readonly context: Ctx;
  readonly runner: Pick<Runner, "lanes" | "busy" | "scale">;
  /** Lanes that are left out stay as they are. */
  readonly bounds: Partial<Readonly<Record<Lane, Bounds>>>;
  readonly usage: () => Usage;
  readonly cores?: number;
  readonly lookMs?: number;
}

/** Looks each second how long jobs wait and how busy the machine is, and lets lanes grow and shrink between bounds. */
export function createScaler(options: ScalerOptions) {
  const { context, runner, bounds, usage, cores = navigator.hardwareConcurrency, lookMs = SECOND } = options;
  const scales = new Map<Lane, LaneScale>();
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

  /** One look at every lane. */
  async function look(): Promise<void> {
    const cpu = measureCpu();
    const { lanes } = await jobStats(context);
    const now = context.now();
    for (const { lane, oldestReadyAt } of lanes) {
      const between = bounds[lane];
      const concurrency = runner.lanes[lane];
      if (between === undefined || concurrency === undefined) continue;
      const scale = scales.get(lane) ?? startScale(between, concurrency);
      const waitMs = oldestReadyAt === null ? 0 : Math.max(0, now - oldestReadyAt);
      const next = scaleLane(scale, { waitMs, running: runner.busy(lane), cpu }, between);
      scales.set(lane, next);
      if (next.concurrency === scale.concurrency) continue;
      runner.scale(lane, next.concurrency);
      const change = { lane, from: scale.concurrency, to: next.concurrency, wait_ms: waitMs, cpu };
      context.ports.log.log("info", "A lane was scaled", change);
    }
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
