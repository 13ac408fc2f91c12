import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { MINUTE, SECOND } from "../kernel/clock.ts";
import { LANES } from "../kernel/define-job.ts";
import { newSecret } from "../kernel/ids.ts";
import { forgottenOf, type Standing, standingOf } from "./called-store.ts";
import { claimOne, sweep } from "./engine.ts";
import { execute } from "./execute.ts";
import type { JobRegistry } from "./handler.ts";
import { reportRun } from "./report.ts";
import { type Schedule, tickSchedules } from "./schedules.ts";
import { JOB_STATE } from "./store.ts";

/** What a callback for one job came to. */
export type CalledBack =
  /** It is done, by this call or before it. */
  | { readonly kind: "done" }
  /** It waits for a later time, for which another call is arranged. */
  | { readonly kind: "later"; readonly delayMs: number }
  /** No call for it can ever do anything. */
  | { readonly kind: "impossible"; readonly reason: string }
  /** Not now: call again then. */
  | { readonly kind: "busy"; readonly retryAfterMs: number };

/** A run is stopped by its handler's own time-out; the lease outlasts it, so that its outcome can be written. */
const LEASE_SLACK_MS = 15 * SECOND;
/** A call that comes early by less than this is asked to come again; for more there is a call of its own. */
const SOON_MS = MINUTE;
/** A job that was due so long ago has lost its call. */
const FORGOTTEN_MS = MINUTE;
/** Jobs of a lane that one sweep calls for again. */
const FORGOTTEN_LIMIT = 250;

/**
 * Runs the job that a callback names, if it is due and nobody else runs it, and writes the outcome under its fence.
 * Any number of calls for one job do it once. A handler's failure is an outcome; only a failing store throws.
 */
export async function runCalled(
  ctx: Ctx,
  { jobId, registry }: { jobId: string; registry: JobRegistry },
): Promise<CalledBack> {
  requireScope(ctx, "platform:write");
  const leases = leasesOf(registry);
  const worker = `call-${newSecret(9)}`;
  let job = await claimOne(ctx, { jobId, worker, leases });
  if (job === null) {
    const standing = await standingOf(ctx, jobId);
    const expired = standing?.state === JOB_STATE.leased && (standing.lease ?? 0) < ctx.now();
    if (!expired) return refusalOf(standing, { jobId, registry, now: ctx.now() });
    await sweep(ctx);
    job = await claimOne(ctx, { jobId, worker, leases });
    if (job === null) return refusalOf(await standingOf(ctx, jobId), { jobId, registry, now: ctx.now() });
  }
  const waitMs = Math.max(0, ctx.now() - job.runAt);
  const began = performance.now();
  const result = await execute(ctx, { job, registry, signal: new AbortController().signal });
  reportRun(ctx, { job, worker, result, waitMs, ms: performance.now() - began });
  if (result.kind === "done") return result;
  if (result.kind === "retry") return { kind: "later", delayMs: result.delayMs };
  if (result.kind === "dead") return { kind: "impossible", reason: `The job is dead: ${result.error}` };
  return refusalOf(await standingOf(ctx, jobId), { jobId, registry, now: ctx.now() });
}

/** Milliseconds that a run of each name may hold its job. */
function leasesOf(registry: JobRegistry): Record<string, number> {
  return Object.fromEntries([...registry].map(([name, { timeoutMs }]) => [name, timeoutMs + LEASE_SLACK_MS]));
}

/** Why the job could not be taken. */
function refusalOf(
  standing: Standing | null,
  { jobId, registry, now }: { jobId: string; registry: JobRegistry; now: number },
): CalledBack {
  const impossible = (reason: string) => ({ kind: "impossible", reason }) as const;
  if (standing === null) return impossible(`There is no job with the id "${jobId}"`);
  const { name, state, runAt, lease } = standing;
  switch (state) {
    case JOB_STATE.done:
      return { kind: "done" };
    case JOB_STATE.dead:
      return impossible("The job is dead");
    case JOB_STATE.cancelled:
      return impossible("The job was cancelled");
    case JOB_STATE.leased:
      return { kind: "busy", retryAfterMs: Math.max(SECOND, (lease ?? now) - now) };
  }
  if (!registry.has(name)) return impossible(`Jobs named "${name}" are not run here`);
  const delayMs = Math.max(0, runAt - now);
  return delayMs > SOON_MS
    ? { kind: "later", delayMs }
    : { kind: "busy", retryAfterMs: Math.max(SECOND, delayMs) };
}

export interface PushSweep {
  readonly promoted: number;
  readonly reaped: number;
  readonly dead: number;
  /** Names of the schedules whose time had come. */
  readonly ticked: string[];
  /** Jobs whose call never came. */
  readonly called: number;
}

/** One turn of the sweeper where no process stays alive: what is due is made ready, and forgotten jobs are called for. */
export async function sweepForCallbacks(
  ctx: Ctx,
  { registry, schedules }: { registry: JobRegistry; schedules: readonly Schedule[] },
): Promise<PushSweep> {
  const moved = await sweep(ctx);
  const ticked = await tickSchedules(ctx, schedules.filter(({ job }) => registry.has(job.name)));
  const names = [...registry.keys()];
  const before = ctx.now() - FORGOTTEN_MS;
  let called = 0;
  for (const lane of LANES) {
    const jobs = await forgottenOf(ctx, { lane, before, names, limit: FORGOTTEN_LIMIT });
    for (const { id, runAt } of jobs) ctx.ports.waker.wake(lane, [id], runAt);
    called += jobs.length;
  }
  return { ...moved, ticked, called };
}
