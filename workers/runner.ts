import type { Ctx } from "../lib/context.ts";
import {
  HEARTBEAT_MS,
  type JobRegistry,
  laneControls,
  LEASE_MS,
  OPEN_LANE,
  type Schedule,
  SWEEP_MS,
  syncSchedules,
  takeOver,
} from "../lib/jobs/mod.ts";
import type { Lane } from "../lib/kernel/define-job.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import { newId } from "../lib/kernel/ids.ts";
import { control, scaleTo } from "./lane.ts";
import { LaneWork } from "./lane-work.ts";
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
/** Runs jobs of the given lanes in this process until stopped. */
export function createRunner(options: RunnerOptions): Runner {
  return new LaneRunner(options);
}

class LaneRunner implements Runner {
  readonly worker: string;
  readonly #ctx: Ctx;
  readonly #schedules: readonly Schedule[];
  readonly #takesOver: boolean;
  readonly #work: LaneWork;
  readonly #sweeper: ReturnType<typeof createSweeper>;
  #obeying: ReturnType<typeof setTimeout> | undefined;
  #accepting = false;
  #unsubscribe: () => void = () => {};

  constructor(options: RunnerOptions) {
    const { context, registry, lanes } = options;
    this.#ctx = context;
    this.#schedules = options.schedules ?? [];
    this.worker = options.worker ?? newId("worker");
    this.#takesOver = options.worker !== undefined;
    this.#work = new LaneWork({
      context,
      registry,
      lanes,
      worker: this.worker,
      leaseMs: options.leaseMs ?? LEASE_MS,
      heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
      crowded: options.crowded ?? (() => false),
    });
    this.#sweeper = createSweeper({
      context,
      schedules: this.#schedules,
      sweepMs: options.sweepMs ?? SWEEP_MS,
      onReady: (lane) => this.#work.demand(lane),
    });
  }

  get running(): number {
    return this.#work.running;
  }

  get lanes(): Partial<Readonly<Record<Lane, number>>> {
    return Object.fromEntries([...this.#work.lanes].map(([lane, { concurrency }]) => [lane, concurrency]));
  }

  async start(): Promise<void> {
    if (this.#accepting) return;
    this.#accepting = true;
    if (this.#takesOver) {
      const taken = await takeOver(this.#ctx, this.worker);
      if (taken > 0) this.#log("info", "Jobs of an earlier life were taken back", { jobs: taken });
    }
    if (this.#schedules.length > 0) await syncSchedules(this.#ctx, this.#schedules);
    this.#unsubscribe = this.#ctx.ports.database.onForeignCommit(() => this.#sweeper.soon());
    this.#work.open();
    await this.#obey();
    this.#obeyAgain();
    await this.#sweeper.start();
  }

  wake(lane: Lane, _jobIds: readonly string[] = [], dueAt = 0): void {
    if (!this.#accepting) return;
    if (dueAt > this.#ctx.now()) this.#sweeper.at(dueAt);
    else this.#work.demand(lane);
  }

  scale(lane: Lane, concurrency: number): void {
    const state = this.#work.lanes.get(lane);
    if (state === undefined) return;
    scaleTo(state, concurrency);
    this.#work.demand(lane);
  }

  busy(lane: Lane): number {
    return this.#work.lanes.get(lane)?.running ?? 0;
  }

  look(): void {
    if (this.#accepting) this.#sweeper.soon();
  }

  async stop(graceMs: number): Promise<void> {
    if (!this.#accepting) return;
    this.#accepting = false;
    this.#work.close();
    clearTimeout(this.#obeying);
    this.#unsubscribe();
    await this.#sweeper.stop();
    await this.#work.end(graceMs);
  }

  async idle(): Promise<void> {
    const work = this.#work;
    for (;;) {
      while (work.busy) await work.change();
      const { ready } = await this.#sweeper.run();
      const mine = ready.filter((lane) => work.lanes.has(lane));
      if (!work.busy && (mine.length === 0 || !this.#accepting)) return;
      const before = work.claimed;
      for (const lane of mine) work.demand(lane);
      while (work.busy) await work.change();
      // What is ready and can't be claimed: its lane is paused, or its workspace is.
      if (work.claimed === before) return;
    }
  }

  /** Obeys what was said of the lanes, here or in another process. */
  async #obey(): Promise<void> {
    const controls = await laneControls(this.#ctx);
    let changed = false;
    for (const state of this.#work.lanes.values()) {
      if (!control(state, controls.get(state.lane) ?? OPEN_LANE)) continue;
      changed = true;
      if (state.control.paused) await this.#work.giveBackAhead(state);
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

  #log(level: "info" | "warn", message: string, fields: Record<string, unknown>): void {
    this.#ctx.ports.log.log(level, message, { worker: this.worker, ...fields });
  }
}
