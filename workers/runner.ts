import {
  claim,
  type ClaimedJob,
  execute,
  HEARTBEAT_MS,
  type JobRegistry,
  LEASE_MS,
  type Schedule,
  Shutdown,
  SWEEP_MS,
  syncSchedules,
  takeOver,
} from "../lib/jobs/mod.ts";
import type { Ctx } from "../lib/context.ts";
import { type Lane, LANES } from "../lib/kernel/define-job.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import { newSecret } from "../lib/kernel/ids.ts";
import { sleep } from "../lib/kernel/retry.ts";
import { Leases } from "./leases.ts";
import { createSweeper } from "./sweeper.ts";

export interface RunnerOptions {
  /** Acts as the system, in no workspace. */
  readonly context: Ctx;
  readonly registry: JobRegistry;
  /** How many jobs of each lane run at once; a lane left out is not run here. */
  readonly lanes: Partial<Readonly<Record<Lane, number>>>;
  /** Schedules that tick here. */
  readonly schedules?: readonly Schedule[];
  /**
   * A name that no other living process bears (the owner of a database file has one): jobs that it held in an
   * earlier life are taken back at the start. Without it a name is made up, and leases of the dead expire.
   */
  readonly worker?: string;
  readonly leaseMs?: number;
  readonly heartbeatMs?: number;
  /** How often to look for work that no wake-up told of. */
  readonly sweepMs?: number;
  /**
   * True while something more urgent than any job needs this process, such as a flood of webhooks that want their
   * answer: then jobs are claimed one by one and slowly, so that they go on and hold nothing up.
   */
  readonly crowded?: () => boolean;
}

export interface Runner {
  start(): Promise<void>;
  /** Claims no more, lets what runs end within `graceMs`, then aborts it and gives it back; no attempt is burnt. */
  stop(graceMs: number): Promise<void>;
  /** There may be work in the lane, due at `dueAt` (default: now). */
  wake(lane: Lane, jobIds?: readonly string[], dueAt?: number): void;
  /** Resolves when nothing runs and nothing is due. For tests. */
  idle(): Promise<void>;
  readonly running: number;
}

/** At most this many jobs are claimed by one statement. */
const CLAIM_BATCH = 64;
/** How long a lane waits before each job while the process is crowded. */
const CROWDED_MS = 50;

interface LaneState {
  readonly concurrency: number;
  running: number;
  /** Something may be ready that was not claimed yet. */
  pending: boolean;
  pumping: boolean;
}

/** Runs jobs of the given lanes in this process until stopped. */
export function createRunner(options: RunnerOptions): Runner {
  return new LaneRunner(options);
}

class LaneRunner implements Runner {
  readonly #ctx: Ctx;
  readonly #registry: JobRegistry;
  readonly #schedules: readonly Schedule[];
  readonly #worker: string;
  readonly #takesOver: boolean;
  readonly #leaseMs: number;
  readonly #crowded: () => boolean;
  readonly #lanes = new Map<Lane, LaneState>();
  readonly #leases: Leases;
  readonly #sweeper: ReturnType<typeof createSweeper>;
  #settled = Promise.withResolvers<void>();
  #accepting = false;
  /** Set once the grace of `stop` is over. */
  #shutdown: Shutdown | null = null;
  #unsubscribe: () => void = () => {};

  constructor(options: RunnerOptions) {
    this.#ctx = options.context;
    this.#registry = options.registry;
    this.#schedules = options.schedules ?? [];
    this.#worker = options.worker ?? `worker-${newSecret(9)}`;
    this.#takesOver = options.worker !== undefined;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#crowded = options.crowded ?? (() => false);
    this.#leases = new Leases({
      context: this.#ctx,
      worker: this.#worker,
      leaseMs: this.#leaseMs,
      heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
    });
    for (const lane of LANES) {
      const concurrency = options.lanes[lane] ?? 0;
      if (concurrency > 0) this.#lanes.set(lane, { concurrency, running: 0, pending: false, pumping: false });
    }
    this.#sweeper = createSweeper({
      context: this.#ctx,
      schedules: this.#schedules,
      sweepMs: options.sweepMs ?? SWEEP_MS,
      onReady: (lane) => this.#demand(lane),
    });
  }

  get running(): number {
    return this.#leases.size;
  }

  async start(): Promise<void> {
    if (this.#accepting) return;
    this.#accepting = true;
    this.#shutdown = null;
    if (this.#takesOver) {
      const taken = await takeOver(this.#ctx, this.#worker);
      if (taken > 0) this.#log("info", "Jobs of an earlier life were taken back", { jobs: taken });
    }
    if (this.#schedules.length > 0) await syncSchedules(this.#ctx, this.#schedules);
    this.#unsubscribe = this.#ctx.ports.database.onForeignCommit(() => this.#sweeper.soon());
    this.#leases.start();
    await this.#sweeper.start();
  }

  wake(lane: Lane, _jobIds: readonly string[] = [], dueAt = 0): void {
    if (!this.#accepting) return;
    if (dueAt > this.#ctx.now()) this.#sweeper.at(dueAt);
    else this.#demand(lane);
  }

  async stop(graceMs: number): Promise<void> {
    if (!this.#accepting) return;
    this.#accepting = false;
    this.#unsubscribe();
    await this.#sweeper.stop();
    if (this.#busy()) await this.#quiet(graceMs);
    this.#shutdown = new Shutdown("The process is stopping");
    this.#leases.abortAll(this.#shutdown);
    while (this.#busy()) await this.#settled.promise;
    await this.#leases.stop();
  }

  async idle(): Promise<void> {
    for (;;) {
      while (this.#busy()) await this.#settled.promise;
      const { ready } = await this.#sweeper.run();
      const mine = ready.filter((lane) => this.#lanes.has(lane));
      if (!this.#busy() && (mine.length === 0 || !this.#accepting)) return;
      for (const lane of mine) this.#demand(lane);
    }
  }

  #busy(): boolean {
    return this.#leases.size > 0 || [...this.#lanes.values()].some(({ pumping }) => pumping);
  }

  /** Waits until nothing runs, at most `graceMs`. */
  async #quiet(graceMs: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, graceMs);
    let waiting = true;
    over.promise.then(() => waiting = false);
    while (waiting && this.#busy()) await Promise.race([this.#settled.promise, over.promise]);
    clearTimeout(timer);
  }

  #demand(lane: Lane): void {
    const state = this.#lanes.get(lane);
    if (state === undefined || !this.#accepting) return;
    state.pending = true;
    this.#pump(lane, state);
  }

  /** Claims as long as there is work and room. Runs once a lane at a time. */
  #pump(lane: Lane, state: LaneState): void {
    if (state.pumping || !state.pending || state.running >= state.concurrency || !this.#accepting) return;
    state.pumping = true;
    this.#claimAll(lane, state)
      .catch((error) => {
        // The rows stay ready; the next sweep asks again.
        this.#log("error", "Jobs could not be claimed", { lane, error: messageOf(error) });
      })
      .finally(() => {
        state.pumping = false;
        this.#pump(lane, state);
        this.#tell();
      });
  }

  async #claimAll(lane: Lane, state: LaneState): Promise<void> {
    while (state.pending && this.#accepting) {
      const crowded = this.#crowded();
      if (crowded) await sleep(CROWDED_MS);
      const limit = Math.min(state.concurrency - state.running, crowded ? 1 : CLAIM_BATCH);
      if (limit <= 0) return;
      state.pending = false;
      const jobs = await claim(this.#ctx, { lane, limit, worker: this.#worker, leaseMs: this.#leaseMs });
      if (jobs.length === limit) state.pending = true;
      for (const job of jobs) void this.#run(job, state);
    }
  }

  async #run(job: ClaimedJob, state: LaneState): Promise<void> {
    const signal = this.#leases.hold(job);
    if (this.#shutdown !== null) this.#leases.abortAll(this.#shutdown);
    state.running++;
    const started = performance.now();
    try {
      const result = await execute(this.#ctx, { job, registry: this.#registry, signal });
      if (result.kind !== "done") this.#report(job, { result, ms: performance.now() - started });
    } catch (error) {
      // The outcome was not written: the lease is not extended any more, so the job runs again.
      this.#log("error", "The outcome of a job could not be written", {
        ...about(job),
        error: messageOf(error),
      });
    } finally {
      this.#leases.release(job);
      state.running--;
      this.#pump(job.lane, state);
      this.#tell();
    }
  }

  #report(
    job: ClaimedJob,
    { result, ms }: { result: Awaited<ReturnType<typeof execute>>; ms: number },
  ): void {
    const fields = { ...about(job), ...result, ms: Math.round(ms) };
    this.#log(result.kind === "dead" ? "error" : "warn", `Job ${result.kind}`, fields);
  }

  #tell(): void {
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
  }

  #log(level: "info" | "warn" | "error", message: string, fields: Record<string, unknown>): void {
    this.#ctx.ports.log.log(level, message, { worker: this.#worker, ...fields });
  }
}

function about({ id, name, lane, attempts, workspaceId }: ClaimedJob) {
  return { job_id: id, job: name, lane, attempt: attempts, workspace: workspaceId };
}
