import { MINUTE } from "../kernel/clock.ts";

/**
 * Where a job stands in its lane: a priority of p counts as p minutes of waiting. Stored with the row, so that
 * priority with ageing is one index scan and nothing starves.
 */
export function rankOf(runAt: number, priority: number): number {
  return Math.round(runAt - priority * MINUTE);
}

/** A lease is renewed each second, so a process may miss a dozen beats before another one takes its jobs. */
export const LEASE_MS = 15_000;
export const HEARTBEAT_MS = 1000;

/** How often the sweeper looks for work that no wake-up told of. */
export const SWEEP_MS = 2000;

/** A crash of the process burns no attempt of its own, but a job that keeps killing its process must end somewhere. */
export const MAX_LOST_LEASES = 5;
