import type { Ctx, Tx } from "../context.ts";
import { emit, emitAll } from "../events/mod.ts";
import { requireScope } from "../kernel/actors.ts";
import type { Lane } from "../kernel/define-job.ts";
import type { JobResult } from "./result.ts";
import { LeaseLost, type Outcome } from "./outcome.ts";
import { type Child, wakeParents } from "./parents.ts";
import { LEASE_MS, MAX_LOST_LEASES } from "./policy.ts";
import { claimNamed } from "./called-store.ts";
import {
  bury,
  type ClaimedJob,
  extend,
  finish,
  finishAll,
  isHeld,
  putBack,
  type Run,
  unclaim,
} from "./store.ts";
import { claimTurn, type Rooms, type Turn } from "./turn-store.ts";
import { promoteDelayed, reapExpired, releaseHeldBy, selectOldestReady } from "./sweep-store.ts";

export interface ClaimRequest {
  readonly lane: Lane;
  readonly limit: number;
  /** Who holds the leases. */
  readonly worker: string;
  readonly leaseMs?: number;
}

/**
 * Takes up to `limit` ready jobs of a lane under a lease, each with a new fence, going round the workspaces; of each
 * the longest waiting first.
 */
export async function claimRound(
  ctx: Ctx,
  { lane, limit, worker, leaseMs = LEASE_MS, after, rooms }: ClaimRequest & {
    /** The workspace that was served last (see `Turn`). */
    after: string;
    rooms: Rooms | null;
  },
): Promise<Turn> {
  requireScope(ctx, "platform:write");
  return await claimTurn(ctx, { lane, limit, worker, leaseMs, after, rooms });
}

/** The same by itself, with nobody served before and no bounds. */
export async function claim(ctx: Ctx, request: ClaimRequest): Promise<ClaimedJob[]> {
  return (await claimRound(ctx, { ...request, after: "", rooms: null })).jobs;
}

/**
 * Takes one job that is due under a lease and a new fence, if its name is among `leases`: how long each may take, in
 * milliseconds, since nobody extends this one. null: it is not there to be taken.
 */
export async function claimOne(
  ctx: Ctx,
  { jobId, worker, leases }: { jobId: string; worker: string; leases: Readonly<Record<string, number>> },
): Promise<ClaimedJob | null> {
  requireScope(ctx, "platform:write");
  return await claimNamed(ctx, { id: jobId, worker, leases });
}

/** Extends the leases of `runs`; resolves to the ids of those that are no longer held. */
export async function heartbeat(
  ctx: Ctx,
  { worker, runs, leaseMs = LEASE_MS }: { worker: string; runs: readonly Run[]; leaseMs?: number },
): Promise<string[]> {
  requireScope(ctx, "platform:write");
  if (runs.length === 0) return [];
  const alive = await extend(ctx, { worker, runs, lease: ctx.now() + leaseMs });
  const fences = new Map(alive.map(({ id, fence }) => [id, fence]));
  return runs.filter(({ id, fence }) => fences.get(id) !== fence).map(({ id }) => id);
}

/** A run that went well, and what is to be kept of it. */
export interface EndedRun extends Pick<ClaimedJob, "id" | "fence" | "workspaceId">, Child {
  readonly result?: JobResult | null;
}

/** The job is done. False, and nothing is written, when the run lost its lease. */
export async function acknowledge(ctx: Ctx, ended: EndedRun): Promise<boolean> {
  return (await acknowledgeAll(ctx, [ended])).size === 0;
}

/** The same for many runs by one statement; resolves to the ids of those that had lost their lease. */
export async function acknowledgeAll(
  ctx: Ctx,
  ended: readonly EndedRun[],
): Promise<ReadonlySet<string>> {
  requireScope(ctx, "platform:write");
  const runs = ended.map(({ id, fence, result }) => ({ id, fence, result: result?.stored }));
  if (!ended.some(({ result }) => result)) return await finishAll(ctx, runs);
  return await ctx.transact(async (tx) => {
    const lost = await finishAll(tx, runs);
    const told = ended.flatMap(({ id, workspaceId, result }) =>
      result && workspaceId !== null && !lost.has(id) ? [{ ...result.event, subjectId: id, workspaceId }] : []
    );
    await emitAll(tx, told);
    await wakeParents(tx, ended);
    return lost;
  });
}

/** Gives back claimed jobs that never started: ready at once, their attempts as before the claim. */
export async function giveBack(ctx: Ctx, runs: readonly Run[]): Promise<void> {
  requireScope(ctx, "platform:write");
  await unclaim(ctx, runs);
}

/** Writes what became of a run that threw. False when the run lost its lease. */
export async function settle(
  ctx: Ctx,
  { job, outcome }: { job: ClaimedJob; outcome: Outcome },
): Promise<boolean> {
  requireScope(ctx, "platform:write");
  const { id, fence } = job;
  if (outcome.kind === "lost") return false;
  const { error } = outcome;
  if (outcome.kind === "retry") {
    const runAt = ctx.now() + Math.max(0, Math.round(outcome.delayMs));
    const kept = await putBack(ctx, { id, fence, runAt, refund: outcome.burnt ? 0 : 1, error });
    if (kept) ctx.ports.waker.wake(job.lane, [id], runAt);
    return kept;
  }
  return await ctx.transact(async (tx) => {
    if (!await bury(tx, { id, fence, error })) return false;
    if (job.workspaceId !== null) {
      await emit(tx, {
        type: job.submittedBy === null ? "job.died" : "task.died",
        subjectId: id,
        data: { name: job.name.replace(/^task:/, ""), error },
        workspaceId: job.workspaceId,
      });
    }
    await wakeParents(tx, [job]);
    return true;
  });
}

/** Throws LeaseLost unless the run still owns its job: in a handler's last transaction, nothing is written twice. */
export async function assertHeld(tx: Tx, run: Run): Promise<void> {
  if (!await isHeld(tx, run)) throw new LeaseLost(run.id);
}

/** Ends the job in the handler's own transaction, so that its effect and its end are one commit. */
export async function finishWithin(tx: Tx, run: Run & Child): Promise<void> {
  if (!await finish(tx, run)) throw new LeaseLost(run.id);
  await wakeParents(tx, [run]);
}

/** Makes due jobs ready and takes back expired leases, in bounded turns; resolves to how many rows moved. */
export async function sweep(ctx: Ctx): Promise<{ promoted: number; reaped: number; dead: number }> {
  requireScope(ctx, "platform:write");
  const promoted = await promoteDelayed(ctx);
  const { ready: reaped, dead } = await reapExpired(ctx, { mostAttempts: MAX_LOST_LEASES });
  await wakeParents(ctx, dead);
  return { promoted, reaped, dead: dead.length };
}

/** At the start of a process that alone bears this worker's name: what an earlier life held is ready at once. */
export async function takeOver(ctx: Ctx, worker: string): Promise<number> {
  requireScope(ctx, "platform:write");
  const { ready } = await releaseHeldBy(ctx, { worker, mostAttempts: MAX_LOST_LEASES });
  return ready;
}

/** When the first in line of each lane was due, in one cheap read; lanes in which nothing is ready are left out. */
export async function oldestReady(ctx: Ctx): Promise<ReadonlyMap<Lane, number>> {
  requireScope(ctx, "platform:read");
  return await selectOldestReady(ctx);
}
