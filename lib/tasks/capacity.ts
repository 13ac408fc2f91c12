import type { Ctx } from "../context.ts";
import { listWorkers } from "../jobs/mod.ts";
import { systemActor } from "../kernel/actors.ts";
import type { Lane } from "../kernel/define-job.ts";

export interface Capacity {
  readonly workers: number;
  /** Jobs that they run at once, together. */
  readonly places: number;
}

/** The workers that live and have the lane; null: none is known at all. Which workers there are is no secret. */
export async function capacities(ctx: Ctx): Promise<((lane: Lane) => Capacity) | null> {
  const rows = await listWorkers(ctx.as({ actor: systemActor("tasks") }));
  if (rows.length === 0) return null;
  return (lane) => {
    const having = rows.filter(({ lanes }) => (lanes[lane] ?? 0) > 0);
    return {
      workers: having.length,
      places: having.reduce((sum, { lanes }) => sum + (lanes[lane] ?? 0), 0),
    };
  };
}
