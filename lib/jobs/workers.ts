import type { Ctx } from "../context.ts";
import { requireScope } from "../kernel/actors.ts";
import { SECOND } from "../kernel/clock.ts";
import type { Lane } from "../kernel/define-job.ts";
import { wakeParents } from "./parents.ts";
import { releaseHeldBy } from "./sweep-store.ts";
import { MAX_LOST_LEASES } from "./policy.ts";
import {
  deleteSilent,
  deleteWorker,
  selectBeats,
  selectWorkers,
  upsertWorker,
  type WorkerRow,
} from "./worker-store.ts";

/** How often a worker beats, and how often it is looked at. */
export const BEAT_MS = SECOND;
/** One that is silent for so long has lost its jobs. */
export const SILENT_MS = 3 * SECOND;

/** A process that runs jobs, as it tells of itself. */
export interface WorkerBeat {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly lanes: Partial<Readonly<Record<Lane, number>>>;
  readonly running: number;
  /** Cores used since the beat before. */
  readonly cpu: number;
  readonly rssBytes: number;
  readonly startedAt: number;
}

/** A worker says that it lives; the first beat makes it known, also after it was taken for dead. */
export async function beatWorker(ctx: Ctx, beat: WorkerBeat): Promise<void> {
  requireScope(ctx, "platform:write");
  await upsertWorker(ctx, { ...beat, beatAt: ctx.now() });
}

/** A worker stops; it has given back what it held. */
export async function removeWorker(ctx: Ctx, id: string): Promise<void> {
  requireScope(ctx, "platform:write");
  await deleteWorker(ctx, id);
}

export async function listWorkers(ctx: Ctx): Promise<WorkerRow[]> {
  requireScope(ctx, "platform:read");
  return await selectWorkers(ctx);
}

interface Seen {
  readonly beats: number;
  readonly silentMs: number;
}

/**
 * Watches the workers of all processes: one whose count of beats stands still for three seconds loses its leases, and
 * its jobs run again. The silence is counted between two looks of one watch, with its own clock and never more than a
 * beat and a half for each: so no clock that differs or jumps, and no watch that was itself held up, buries the living.
 */
export class WorkerWatch {
  readonly #now: () => number;
  #seen = new Map<string, Seen>();
  #lookedAt: number | null = null;

  /** Whether the last look found somebody else, who may watch in turn. */
  get seesOthers(): boolean {
    return this.#seen.size > 0;
  }

  /** `now`: milliseconds that only go forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Resolves to the workers but `self` that were found silent, with how many jobs each has lost. */
  async look(ctx: Ctx, self = ""): Promise<{ readonly id: string; readonly jobs: number }[]> {
    requireScope(ctx, "platform:write");
    const rows = await selectBeats(ctx);
    const now = this.#now();
    const passed = this.#lookedAt === null ? 0 : Math.min(now - this.#lookedAt, BEAT_MS * 1.5);
    this.#lookedAt = now;
    const seen = new Map<string, Seen>();
    for (const { id, beats } of rows) {
      if (id === self) continue;
      const before = this.#seen.get(id);
      seen.set(id, { beats, silentMs: before?.beats === beats ? before.silentMs + passed : 0 });
    }
    this.#seen = seen;
    const lost: { id: string; jobs: number }[] = [];
    for (const [id, { beats, silentMs }] of seen) {
      if (silentMs < SILENT_MS) continue;
      const jobs = await reap(ctx, { id, beats });
      seen.delete(id);
      if (jobs !== null) lost.push({ id, jobs });
    }
    return lost;
  }
}

/** null: it has beaten meanwhile, or another process was first. */
async function reap(ctx: Ctx, worker: Pick<WorkerRow, "id" | "beats">): Promise<number | null> {
  return await ctx.transact(async (tx) => {
    if (!await deleteSilent(tx, worker)) return null;
    const { ready, dead } = await releaseHeldBy(tx, { worker: worker.id, mostAttempts: MAX_LOST_LEASES });
    await wakeParents(tx, dead);
    return ready + dead.length;
  });
}
