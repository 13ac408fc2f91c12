import type { Ctx } from "../lib/context.ts";
import { type Due, type Schedule, sweep, tickSchedules, whatIsDue } from "../lib/jobs/mod.ts";
import { tickTaskSchedules } from "../lib/schedules/mod.ts";
import type { Lane } from "../lib/kernel/define-job.ts";
import { messageOf } from "../lib/kernel/errors.ts";

export interface SweeperOptions {
  readonly context: Ctx;
  /** The system's. Where there are none, no schedule of a workspace ticks either. */
  readonly schedules: readonly Schedule[];
  readonly sweepMs: number;
  /** Something is ready in the lane. */
  readonly onReady: (lane: Lane) => void;
}

interface Turn {
  readonly due: Due;
  /** Schedules may be due that this turn did not come to. */
  readonly more: boolean;
}

/**
 * Makes delayed jobs ready, takes back expired leases and ticks schedules. Sleeps until the next of these is due,
 * `sweepMs` at most; a look that finds nothing due is one read.
 */
export function createSweeper({ context, schedules, sweepMs, onReady }: SweeperOptions) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let armedFor = Infinity;
  let running: Promise<Turn> | null = null;
  let stopped = true;

  function arm(at: number): void {
    if (stopped || at >= armedFor) return;
    clearTimeout(timer);
    armedFor = at;
    timer = setTimeout(() => {
      armedFor = Infinity;
      run().catch((error) => context.ports.log.log("error", "A sweep failed", { error: messageOf(error) }));
    }, Math.max(0, at - context.now()));
  }

  async function turn(): Promise<Turn> {
    let due = await whatIsDue(context);
    const now = context.now();
    const isDue = (at: number | null) => at !== null && at <= now;
    const ticks = schedules.length > 0 && isDue(due.tick);
    if (ticks) await tickSchedules(context, schedules);
    const taskTicks = schedules.length > 0 && isDue(due.taskTick);
    const { more } = taskTicks ? await tickTaskSchedules(context) : { more: false };
    const moves = isDue(due.delayed) || (due.lease !== null && due.lease < now);
    if (moves) await sweep(context);
    if (ticks || taskTicks || moves) due = await whatIsDue(context);
    for (const lane of due.ready) onReady(lane);
    return { due, more };
  }

  /** Looks now; calls that come while it looks share one answer. */
  async function run(): Promise<Due> {
    running ??= turn().finally(() => running = null);
    try {
      const { due, more } = await running;
      // A batch may leave more that is due; a schedule that this process does not know waits for its own.
      const soonest = Math.min(due.delayed ?? Infinity, due.lease === null ? Infinity : due.lease + 1);
      const next = Math.min(
        ...[due.tick, due.taskTick].filter((at) => at !== null && at > context.now()).map(Number),
      );
      const tick = schedules.length > 0 ? next : Infinity;
      arm(more ? context.now() : Math.min(soonest, tick, context.now() + sweepMs));
      return due;
    } catch (error) {
      arm(context.now() + sweepMs);
      throw error;
    }
  }

  return {
    run,
    async start(): Promise<void> {
      stopped = false;
      await run();
    },
    /** Look at `at` (UTC milliseconds) or earlier. */
    at: arm,
    /** Look soon; calls in a burst make one look. */
    soon: () => arm(context.now() + 5),
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      armedFor = Infinity;
      await running?.catch(() => {});
    },
  };
}
