import { DAY, SECOND } from "../kernel/clock.ts";

export { CONTINUE_WHEN, type ContinueWhen } from "../../db/schema/jobs.ts";

/** Minutes of waiting that a priority counts for: it overtakes what came up to that much earlier, so nothing starves. */
export const PRIORITIES = { LOW: -5, NORMAL: 0, HIGH: 5, CRITICAL: 15 } as const;
export type Priority = keyof typeof PRIORITIES;
export const PRIORITY_NAMES = Object.keys(PRIORITIES) as [Priority, ...Priority[]];

/**
 * `failed`: refused in a way that no attempt can mend; `dead`: every attempt failed. Both are dead letters and can be
 * started over.
 */
export const TASK_STATES = ["queued", "running", "done", "failed", "cancelled", "dead"] as const;
export type TaskState = typeof TASK_STATES[number];

/** The time of what waits for something else than a time: the end of the year 9999. */
export const NEVER = 253_402_300_799_999;

export const CONTROL_ACTIONS = ["pause", "resume", "scale", "drain"] as const;
export type ControlAction = typeof CONTROL_ACTIONS[number];

export const WAITING_REASONS = [
  "children",
  "delayed",
  "backing_off",
  "rate_limited",
  "lane_paused",
  "workspace_paused",
  "workspace_limit",
  "no_worker",
  "slot",
] as const;

export const TASK_LIMITS = {
  /** Arguments and results over this go to the blob store, in bytes of JSON. */
  inline: 64 * 1024,
  args: 4 * 1024 * 1024,
  result: 8 * 1024 * 1024,
  batch: 10_000,
  attempts: 20,
  delayMs: 365 * DAY,
  /** Progress is written down at most this often. */
  progressMs: SECOND / 2,
} as const;
