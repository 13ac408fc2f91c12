import {
  type ClaimedJob,
  claimRound,
  conclude,
  Deadlines,
  giveBack,
  HEARTBEAT_MS,
  type JobRegistry,
  JobRun,
  laneControls,
  LEASE_MS,
  OPEN_LANE,
  reportRun,
  type Schedule,
  Shutdown,
  SWEEP_MS,
  syncSchedules,
  takeOver,
} from "../lib/jobs/mod.ts";
import type { Ctx } from "../lib/context.ts";
import { type Lane, LANES } from "../lib/kernel/define-job.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import { newId } from "../lib/kernel/ids.ts";
import { sleep } from "../lib/kernel/retry.ts";
import { createAcks } from "./acks.ts";
import { control, isSerial, type LaneState, newLane, paceWith, roomIn, scaleTo } from "./lane.ts";
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
  /** Jobs may have become ready that no wake-up told of: look soon. */
  look(): void;
  /** Runs so many jobs of a lane at once from now on, unless somebody has said otherwise. */
  scale(lane: Lane, concurrency: number): void;
  /** How many jobs of a lane run at this moment. */
  busy(lane: Lane): number;
  /** Resolves when nothing runs and nothing is due. For tests. */
  idle(): Promise<void>;
  readonly running: number;
  /** The name under which it holds its leases. */
  readonly worker: string;
  /** How many jobs of each lane it runs at once. */
  readonly lanes: Partial<Readonly<Record<Lane, number>>>;
}

/** How often controls of lanes are read: they are obeyed within a second. */
const OBEY_MS = 600;
/** How long a lane waits before each job while the process is crowded. */
const CROWDED_MS = 50;

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
  readonly #deadlines = new Deadlines();
  readonly #acknowledge: ReturnType<typeof createAcks>;
  readonly #sweeper: ReturnType<typeof createSweeper>;
  /** Made by whoever waits for something to end. */
  #settled: PromiseWithResolvers<void> | null = null;
  /** Jobs claimed since the start. */
  #claimed = 0;
  #obeying: ReturnType<typeof setTimeout> | undefined;
  #accepting = false;
  #unsubscribe: () => void = () => {};

  constructor(options: RunnerOptions) {
    this.#ctx = options.context;
    this.#registry = options.registry;
    this.#schedules = options.schedules ?? [];
    this.#worker = options.worker ?? newId("worker");
    this.#takesOver = options.worker !== undefined;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#crowded = options.crowded ?? (() => false);
    this.#leases = new Leases({
      context: this.#ctx,
      worker: this.#worker,
      leaseMs: this.#leaseMs,
      heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
      onBeat: () => this.#giveBackStale(),
    });
    this.#acknowledge = createAcks(this.#ctx);
    for (const lane of LANES) {
      const concurrency = options.lanes[lane] ?? 0;
      if (concurrency > 0) this.#lanes.set(lane, newLane(lane, concurrency));
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

  get worker(): string {
    return this.#worker;
  }

  get lanes(): Partial<Readonly<Record<Lane, number>>> {
    return Object.fromEntries([...this.#lanes].map(([lane, { concurrency }]) => [lane, concurrency]));
  }

  async start(): Promise<void> {
    if (this.#accepting) return;
    this.#accepting = true;
    if (this.#takesOver) {
      const taken = await takeOver(this.#ctx, this.#worker);
      if (taken > 0) this.#log("info", "Jobs of an earlier life were taken back", { jobs: taken });
    }
    if (this.#schedules.length > 0) await syncSchedules(this.#ctx, this.#schedules);
    this.#unsubscribe = this.#ctx.ports.database.onForeignCommit(() => this.#sweeper.soon());
    this.#leases.start();
    await this.#obey();
    this.#obeyAgain();
    await this.#sweeper.start();
  }

  wake(lane: Lane, _jobIds: readonly string[] = [], dueAt = 0): void {
    if (!this.#accepting) return;
    if (dueAt > this.#ctx.now()) this.#sweeper.at(dueAt);
    else this.#demand(lane);
  }

  scale(lane: Lane, concurrency: number): void {
    const state = this.#lanes.get(lane);
    if (state === undefined) return;
    scaleTo(state, concurrency);
    this.#demand(lane);
  }

  busy(lane: Lane): number {
    return this.#lanes.get(lane)?.running ?? 0;
  }

  look(): void {
    if (this.#accepting) this.#sweeper.soon();
  }

  async stop(graceMs: number): Promise<void> {
    if (!this.#accepting) return;
    this.#accepting = false;
    clearTimeout(this.#obeying);
    this.#unsubscribe();
    await this.#sweeper.stop();
    for (const state of this.#lanes.values()) void this.#giveBack(state.ahead.splice(0));
    if (this.#busy()) await this.#quiet(graceMs);
    this.#leases.stopAll(new Shutdown("The process is stopping"));
    while (this.#busy()) await this.#change();
    await this.#leases.stop();
    this.#deadlines.clear();
  }

  async idle(): Promise<void> {
    for (;;) {
      while (this.#busy()) await this.#change();
      const { ready } = await this.#sweeper.run();
      const mine = ready.filter((lane) => this.#lanes.has(lane));
      if (!this.#busy() && (mine.length === 0 || !this.#accepting)) return;
      const before = this.#claimed;
      for (const lane of mine) this.#demand(lane);
      while (this.#busy()) await this.#change();
      // What is ready and can't be claimed: its lane is paused, or its workspace is.
      if (this.#claimed === before) return;
    }
  }

  /** Obeys what was said of the lanes, here or in another process. */
  async #obey(): Promise<void> {
    const controls = await laneControls(this.#ctx);
    let changed = false;
    for (const state of this.#lanes.values()) {
      if (!control(state, controls.get(state.lane) ?? OPEN_LANE)) continue;
      changed = true;
      if (state.control.paused) await this.#giveBack(state.ahead.splice(0));
    }
    if (changed) this.#sweeper.soon();
  }

  #obeyAgain(): void {
    this.#obeying = setTimeout(() => {
      this.#obey()
        .catch((error) => this.#log("warn", "Controls could not be read", { error: messageOf(error) }))
        .finally(() => this.#accepting && this.#obeyAgain());
    }, OBEY_MS);
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
    while (waiting && this.#busy()) await Promise.race([this.#change(), over.promise]);
    clearTimeout(timer);
  }

  #demand(lane: Lane): void {
    const state = this.#lanes.get(lane);
    if (state === undefined || !this.#accepting) return;
    state.pending = true;
    this.#pump(state);
  }

  /** Claims as long as there is work and room. Runs once a lane at a time. */
  #pump(state: LaneState): void {
    if (state.pumping || !state.pending || roomIn(state) === 0 || !this.#accepting) return;
    state.pumping = true;
    this.#claimAll(state)
      .catch((error) => {
        // The rows stay ready; the next sweep asks again.
        this.#log("error", "Jobs could not be claimed", { lane: state.lane, error: messageOf(error) });
      })
      .finally(() => {
        state.pumping = false;
        this.#pump(state);
        this.#tell();
      });
  }

  async #claimAll(state: LaneState): Promise<void> {
    const { lane } = state;
    while (state.pending && this.#accepting) {
      const crowded = this.#crowded();
      if (crowded) await sleep(CROWDED_MS);
      const limit = Math.min(roomIn(state), crowded ? 1 : Infinity);
      if (limit === 0) return;
      state.pending = false;
      const { jobs, after, more } = await claimRound(this.#ctx, {
        lane,
        limit,
        worker: this.#worker,
        leaseMs: this.#leaseMs,
        after: state.after,
        rooms: state.control.rooms,
      });
      state.after = after;
      state.pending ||= more;
      this.#claimed += jobs.length;
      const at = performance.now();
      const claimed = jobs.map((job) => ({ run: new JobRun(job, this.#registry.get(job.name)), at }));
      for (const { run } of claimed) this.#leases.hold(run);
      // Stopped while the claim was under way.
      if (!this.#accepting) return await this.#giveBack(claimed);
      state.ahead.push(...claimed);
      this.#startNext(state);
    }
  }

  #startNext(state: LaneState): void {
    while (state.running < state.concurrency) {
      const next = state.ahead.shift();
      if (next === undefined) return;
      void this.#run(next.run, state);
    }
  }

  async #run(run: JobRun, state: LaneState): Promise<void> {
    state.running++;
    const waitMs = Math.max(0, this.#ctx.now() - run.job.runAt);
    const started = performance.now();
    this.#deadlines.watch(run);
    const end = await run.perform(this.#ctx);
    this.#deadlines.forget(run);
    const ms = performance.now() - started;
    paceWith(state, ms);
    // The next one need not wait until the end of this one is on disk.
    const waits = isSerial(state);
    if (!waits) this.#free(state);
    try {
      const result = await conclude(this.#ctx, { run, end, acknowledge: this.#acknowledge });
      reportRun(this.#ctx, { job: run.job, worker: this.#worker, result, waitMs, ms });
    } catch (error) {
      // The outcome was not written: the lease is not extended any more, so the job runs again.
      this.#log("error", "The outcome of a job could not be written", {
        ...about(run.job),
        error: messageOf(error),
      });
    } finally {
      this.#leases.release(run);
      if (waits) this.#free(state);
      this.#tell();
    }
  }

  #free(state: LaneState): void {
    state.running--;
    // Its workspace may have been at its bound.
    if (state.control.rooms !== null) state.pending = true;
    this.#startNext(state);
    this.#pump(state);
  }

  /** What was claimed ahead and has waited for a whole beat is better off elsewhere: something holds this lane up. */
  #giveBackStale(): void {
    const before = performance.now() - HEARTBEAT_MS;
    for (const state of this.#lanes.values()) {
      const fresh = state.ahead.findIndex(({ at }) => at >= before);
      const stale = state.ahead.splice(0, fresh < 0 ? state.ahead.length : fresh);
      if (stale.length === 0) continue;
      paceWith(state, HEARTBEAT_MS);
      void this.#giveBack(stale).then(() => this.#demand(state.lane));
    }
  }

  async #giveBack(claimed: LaneState["ahead"]): Promise<void> {
    if (claimed.length === 0) return;
    try {
      await giveBack(this.#ctx, claimed.map(({ run }) => run.job));
    } catch (error) {
      this.#log("error", "Jobs could not be given back: their leases will end", { error: messageOf(error) });
    } finally {
      for (const { run } of claimed) this.#leases.release(run);
      this.#tell();
    }
  }

  /** Resolves when the next run or claim has ended. */
  #change(): Promise<void> {
    this.#settled ??= Promise.withResolvers();
    return this.#settled.promise;
  }

  #tell(): void {
    this.#settled?.resolve();
    this.#settled = null;
  }

  #log(level: "info" | "warn" | "error", message: string, fields: Record<string, unknown>): void {
    this.#ctx.ports.log.log(level, message, { worker: this.#worker, ...fields });
  }
}

function about({ id, name, lane, attempts, workspaceId }: ClaimedJob) {
  return { job_id: id, job: name, lane, attempt: attempts, workspace: workspaceId };
}
