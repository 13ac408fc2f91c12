import type { Ctx } from "../lib/context.ts";
import type { JobRegistry } from "../lib/jobs/mod.ts";
import type { Lanes } from "./lanes.ts";
import { createPresence, type PresenceOptions } from "./presence.ts";
import { createRunner, type Runner, type RunnerOptions } from "./runner.ts";
import { createScaler } from "./scaler.ts";
import { type Usage, usageWith } from "./usage.ts";

export interface WorkOptions
  extends
    Pick<PresenceOptions, "host" | "pid" | "beatMs">,
    Pick<RunnerOptions, "schedules" | "worker" | "sweepMs" | "crowded"> {
  /** Acts as the system, in no workspace. */
  readonly context: Ctx;
  readonly registry: JobRegistry;
  readonly lanes: Lanes;
  /** What this process uses itself. */
  readonly usage: () => Usage;
}

export interface Work {
  readonly runner: Runner;
  /** Throws when it can't begin; nothing of it goes on then. */
  start(): Promise<void>;
  /** Claims no more, lets what runs end within `graceMs`, then is known no more. */
  stop(graceMs: number): Promise<void>;
}

/** The work of one process: it runs jobs, scales its lanes, is known among the others and takes over from the silent. */
export function createWork({ host, pid, beatMs, lanes: { lanes, bounds }, ...options }: WorkOptions): Work {
  const { context } = options;
  const usage = usageWith(context.ports.isolation, options.usage);
  const runner = createRunner({ ...options, lanes });
  const scaler = createScaler({ context, runner, bounds, usage });
  const presence = createPresence({
    context,
    worker: runner.worker,
    host,
    pid,
    usage,
    load: () => ({ lanes: runner.lanes, running: runner.running }),
    onLost: () => runner.look(),
    ...(beatMs === undefined ? {} : { beatMs }),
  });
  const stop = async (graceMs: number) => {
    await Promise.all([scaler.stop(), runner.stop(graceMs)]);
    // Until nothing runs: what falls silent loses its jobs.
    await presence.stop();
  };
  return {
    runner,
    async start() {
      try {
        await runner.start();
        await presence.start();
        scaler.start();
      } catch (error) {
        await stop(0);
        throw error;
      }
    },
    stop,
  };
}
