import { audit } from "../audit/mod.ts";
import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { AppError, notFound } from "../kernel/errors.ts";
import { decodeCursor, type Page, type PageRequest, toPage } from "../kernel/page.ts";
import {
  countOthers,
  countReady,
  type JobRow,
  type LaneCounts,
  markCancelled,
  revive,
  selectDead,
  selectJob,
  selectRecent,
} from "./desk-store.ts";
import { wakeParents } from "./parents.ts";
import { JOB_STATE, type JobState } from "./store.ts";

export type JobStateName = keyof typeof JOB_STATE;
const NAMES = new Map(Object.entries(JOB_STATE).map(([name, state]) => [state as number, name]));

/** The word for a stored state. */
export function stateName(state: JobState): string {
  return NAMES.get(state) ?? String(state);
}

export interface JobQuery extends PageRequest {
  readonly state?: JobStateName | undefined;
  readonly name?: string | undefined;
  /** Jobs of the platform in place of the workspace's; needs `platform:read`. */
  readonly platform?: boolean | undefined;
}

/**
 * Jobs of the workspace, newest first. A page looks at 5,000 jobs of all, so it may be short and go on; dead letters have
 * a list of their own.
 */
export async function listJobs(ctx: Ctx, query: JobQuery): Promise<Page<JobRow>> {
  const { limit, state, name = null } = query;
  const { rows, lookedTo } = await selectRecent(ctx, {
    workspaceId: ownerFor(ctx, query),
    state: state === undefined ? null : JOB_STATE[state],
    name,
    before: before(query),
    limit: limit + 1,
  });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: (row) => row, lookedTo });
}

/** All dead letters of the workspace, newest first. */
export async function listDead(
  ctx: Ctx,
  query: PageRequest & { platform?: boolean | undefined },
): Promise<Page<JobRow>> {
  const { limit } = query;
  const rows = await selectDead(ctx, {
    workspaceId: ownerFor(ctx, query),
    before: before(query),
    limit: limit + 1,
  });
  return toPage(rows, { limit, keysOf: (row) => [row.id], toDto: (row) => row });
}

function before({ cursor }: PageRequest): string | null {
  return cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
}

function ownerFor(ctx: Ctx, { platform }: { platform?: boolean | undefined }): string | null {
  requireScope(ctx, platform ? "platform:read" : "jobs:read");
  return platform ? null : ctx.workspaceId;
}

export interface JobChoice {
  readonly id: string;
  /** The job belongs to the platform, not to the workspace; needs `platform:write`. */
  readonly platform?: boolean | undefined;
}

/** A dead letter starts over with all its attempts. 409 when it is not dead. */
export async function retryDead(ctx: Ctx, { id, platform }: JobChoice): Promise<JobRow> {
  return await change(ctx, { id, platform, action: "job.retry" });
}

/** Ends a job that has not ended; a run under way can't commit any more. 409 when it has ended. */
export async function cancelJob(ctx: Ctx, { id, platform }: JobChoice): Promise<JobRow> {
  return await change(ctx, { id, platform, action: "job.cancel" });
}

const CHANGES = {
  "job.retry": { write: revive, legal: "only a dead letter can be retried" },
  "job.cancel": { write: markCancelled, legal: "it has ended, so it can't be cancelled" },
} as const;

async function change(
  ctx: Ctx,
  { id, platform, action }: JobChoice & { action: keyof typeof CHANGES },
): Promise<JobRow> {
  requireScope(ctx, platform ? "platform:write" : "jobs:write");
  const workspaceId = platform ? null : ctx.workspaceId;
  const { write, legal } = CHANGES[action];
  return await ctx.transact(async (tx) => {
    const job = await selectJob(tx, { id, workspaceId });
    if (job === null) throw notFound("job", id);
    if (!await write(tx, id)) throw new AppError("conflict", `The job is ${stateName(job.state)}: ${legal}`);
    await audit(tx, { action, subjectId: id, detail: { name: job.name }, workspaceId });
    tx.afterCommit(() => tx.ports.waker.wake(job.lane, [id], tx.now()));
    await wakeParents(tx, [job]);
    return await selectJob(tx, { id, workspaceId }) ?? job;
  });
}

/** 404 when there is none in the workspace (or, with `platform`, on the platform). */
export async function getJob(ctx: Ctx, { id, platform }: JobChoice): Promise<JobRow> {
  const job = await selectJob(ctx, { id, workspaceId: ownerFor(ctx, { platform }) });
  if (job === null) throw notFound("job", id);
  return job;
}

export interface JobStats {
  readonly lanes: readonly LaneCounts[];
  readonly delayed: number;
  readonly running: number;
  readonly dead: number;
}

/** What waits and runs, of all workspaces. Counts stop at 10,000, so the call costs the same at any depth. */
export async function jobStats(ctx: Ctx): Promise<JobStats> {
  requireScope(ctx, "platform:read");
  return { lanes: await countReady(ctx), ...await countOthers(ctx) };
}
