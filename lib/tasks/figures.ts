import type { Ctx } from "../context.ts";
import { JOB_STATE } from "../jobs/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import { type WorkerType } from "../kernel/define-function.ts";
import { laneStatus } from "./control.ts";
import { type Ended, selectEnded } from "./figures-store.ts";

export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface LaneFigures {
  readonly worker_type: WorkerType;
  readonly queued: number;
  readonly delayed: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Tasks done a second, over the window. */
  readonly throughput_per_s: number;
  /** From the time that it was due to its start, and from its start to its end. */
  readonly wait_ms: Percentiles;
  readonly run_ms: Percentiles;
  /** Of one place in the lane, the share of the window in which it was in use: 2.5 is two and a half places. */
  readonly places_in_use: number;
  /** The same of all places of the lane; null: they are not known. */
  readonly utilisation: number | null;
}

export interface TaskFigures {
  readonly window_s: number;
  /** False: more tasks ended within the window than were looked at. */
  readonly complete: boolean;
  readonly total: Omit<LaneFigures, "worker_type" | "utilisation">;
  readonly by_worker_type: LaneFigures[];
}

/** Throughput, latency, depth and use of the workspace's tasks over the last `windowMs`. */
export async function taskFigures(ctx: Ctx, { windowMs = 5 * MINUTE } = {}): Promise<TaskFigures> {
  requireScope(ctx, "tasks:read");
  const since = ctx.now() - windowMs;
  const [lanes, { ended, whole }] = await Promise.all([laneStatus(ctx), selectEnded(ctx, since)]);
  const figures = lanes.map(({ worker_type, lane, queued, delayed, running, places }) => {
    const own = figuresOf(ended.filter((one) => one.lane === lane), windowMs);
    const utilisation = places === null || places === 0 ? null : round(own.places_in_use / places);
    return { worker_type, queued, delayed, running, ...own, utilisation };
  });
  const sum = (key: "queued" | "delayed" | "running") => figures.reduce((total, one) => total + one[key], 0);
  return {
    window_s: windowMs / SECOND,
    complete: whole,
    total: {
      queued: sum("queued"),
      delayed: sum("delayed"),
      running: sum("running"),
      ...figuresOf(ended, windowMs),
    },
    by_worker_type: figures,
  };
}

function figuresOf(ended: readonly Ended[], windowMs: number) {
  const count = (state: number) => ended.filter((one) => one.state === state).length;
  const started = ended.filter((one): one is Ended & { startedAt: number } => one.startedAt !== null);
  const done = count(JOB_STATE.done);
  const runs = started.map(({ startedAt, finishedAt }) => finishedAt - startedAt);
  return {
    done,
    failed: count(JOB_STATE.dead),
    cancelled: count(JOB_STATE.cancelled),
    throughput_per_s: round(done / (windowMs / SECOND)),
    wait_ms: percentilesOf(started.map(({ runAt, startedAt }) => Math.max(0, startedAt - runAt))),
    run_ms: percentilesOf(runs),
    places_in_use: round(runs.reduce((total, ms) => total + ms, 0) / windowMs),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
