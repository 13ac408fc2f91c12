import type { Ctx } from "../lib/context.ts";
import { BEAT_MS, beatWorker, removeWorker, type WorkerBeat, WorkerWatch } from "../lib/jobs/mod.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import type { Usage } from "./usage.ts";

export interface PresenceOptions {
  readonly context: Ctx;
  /** The name under which the runner of this process holds its leases. */
  readonly worker: string;
  readonly host: string;
  readonly pid: number;
  readonly usage: () => Usage;
  readonly load: () => Pick<WorkerBeat, "lanes" | "running">;
  /**
   * How often it says that it lives while nobody else is known, who would watch it: each second by default. With others
   * it is each second, whatever this says.
   */
  readonly beatMs?: number;
  /** Whether to watch the others; `onLost`: some of their jobs are ready again. */
  readonly onLost?: () => void;
}

/** Makes this process known among those that run jobs, and takes the jobs of those that fall silent. */
export function createPresence(options: PresenceOptions) {
  const { context, worker, host, pid, usage, load, beatMs = BEAT_MS, onLost } = options;
  const startedAt = context.now();
  const watch = onLost === undefined ? null : new WorkerWatch();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turning: Promise<void> = Promise.resolve();
  let stopped = true;
  let beatenAt = -Infinity;
  let before = { at: performance.now(), ...usage() };

  async function beat(): Promise<void> {
    const at = performance.now();
    const everyMs = watch?.seesOthers ? BEAT_MS : beatMs;
    if (at - beatenAt < everyMs - BEAT_MS / 10) return;
    const now = usage();
    const cpu = (now.cpuMs - before.cpuMs) / Math.max(1, at - before.at);
    await beatWorker(context, {
      id: worker,
      host,
      pid,
      ...load(),
      cpu: Math.round(Math.max(0, cpu) * 100) / 100,
      rssBytes: now.rssBytes,
      startedAt,
    });
    before = { at, ...now };
    beatenAt = at;
  }

  async function look(): Promise<void> {
    const lost = await watch?.look(context, worker) ?? [];
    for (const { id, jobs } of lost) {
      context.ports.log.log("warn", "A worker fell silent: its jobs run again", { worker: id, jobs });
    }
    if (lost.some(({ jobs }) => jobs > 0)) onLost?.();
  }

  async function turn(): Promise<void> {
    // First who else is there: a newcomer would wait three seconds for a beat, and no longer.
    for (const step of [look, beat]) {
      try {
        await step();
      } catch (error) {
        context.ports.log.log("error", "Workers could not be kept known", {
          worker,
          error: messageOf(error),
        });
      }
    }
    if (!stopped) timer = setTimeout(() => turning = turn(), BEAT_MS);
  }

  return {
    async start(): Promise<void> {
      stopped = false;
      await (turning = turn());
    },
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await turning;
      clearTimeout(timer);
      await removeWorker(context, worker).catch(() => {});
    },
  };
}
