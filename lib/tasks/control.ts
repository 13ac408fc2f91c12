import type { Ctx } from "../context.ts";
import { controlLane, laneControls, OPEN_LANE } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { isoOrNull } from "../kernel/clock.ts";
import { WORKER_TYPE_NAMES, WORKER_TYPES, type WorkerType } from "../kernel/define-function.ts";
import { invalid } from "../kernel/errors.ts";
import type { ControlAction } from "./schemas.ts";
import { capacities } from "./capacity.ts";
import { depthsOf } from "./figures-store.ts";

export interface ControlOrder {
  readonly action: ControlAction;
  /** null: all of them. */
  readonly workerType?: WorkerType | undefined;
  /** With `scale`: runs at once; null: as it was set up. */
  readonly concurrency?: number | null | undefined;
  /** For every workspace; needs `platform:write`. Otherwise for the actor's own. */
  readonly everybody?: boolean | undefined;
}

const CHANGES = {
  pause: { paused: true },
  resume: { paused: false, draining: false },
  drain: { draining: true },
  scale: {},
} as const satisfies Record<ControlAction, object>;

/**
 * Says of lanes what every worker obeys within a second, also after a restart. `pause`: nothing starts; `drain`:
 * nothing new is taken and what waits is worked off; `resume` ends both; `scale`: how many run at once (of each worker
 * for everybody, of all workers for a workspace).
 */
export async function controlTasks(ctx: Ctx, order: ControlOrder): Promise<LaneStatus[]> {
  const { action, workerType, concurrency, everybody = false } = order;
  if (action === "scale" && concurrency === undefined) throw invalid("concurrency", "is needed with scale");
  const types = workerType === undefined ? WORKER_TYPE_NAMES : [workerType];
  const lanes = types.map((type) => WORKER_TYPES[type]);
  const scaled = action === "scale" && concurrency !== undefined ? { concurrency } : {};
  await controlLane(ctx, { lanes, everybody, scope: "tasks:write", ...CHANGES[action], ...scaled });
  for (const lane of lanes) ctx.ports.waker.wake(lane, [], 0);
  return await laneStatus(ctx);
}

export interface LaneStatus {
  readonly worker_type: WorkerType;
  readonly lane: string;
  readonly paused: boolean;
  readonly draining: boolean;
  /** Runs at once of each worker; null: as the worker is set up. */
  readonly concurrency: number | null;
  readonly workspace: {
    readonly paused: boolean;
    readonly draining: boolean;
    readonly concurrency: number | null;
  };
  /** Processes that run the lane, and how many jobs they run at once together; null: none is known. */
  readonly workers: number | null;
  readonly places: number | null;
  /** Of the workspace: ready to run. Counts stop at 10,000. */
  readonly queued: number;
  readonly delayed: number;
  readonly running: number;
  readonly oldest_queued_at: string | null;
}

const OWN = { paused: false, draining: false, concurrency: null };

/** The lanes with what was said of them and what of the workspace is in them. */
export async function laneStatus(ctx: Ctx): Promise<LaneStatus[]> {
  requireScope(ctx, "tasks:read");
  const [controls, depths, capacity] = await Promise.all([laneControls(ctx), depthsOf(ctx), capacities(ctx)]);
  return WORKER_TYPE_NAMES.map((workerType) => {
    const lane = WORKER_TYPES[workerType];
    const { paused, draining, concurrency, workspaces } = controls.get(lane) ?? OPEN_LANE;
    const own = workspaces.get(ctx.workspaceId) ?? OWN;
    const depth = depths.get(lane) ?? { queued: 0, delayed: 0, running: 0, oldest: null };
    return {
      worker_type: workerType,
      lane,
      paused,
      draining,
      concurrency,
      workspace: { paused: own.paused, draining: own.draining, concurrency: own.concurrency },
      workers: capacity?.(lane).workers ?? null,
      places: capacity?.(lane).places ?? null,
      queued: depth.queued,
      delayed: depth.delayed,
      running: depth.running,
      oldest_queued_at: isoOrNull(depth.oldest),
    };
  });
}
