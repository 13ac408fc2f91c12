import type { Ctx } from "../lib/context.ts";
import {
  type ClaimedJob,
  claimRound,
  conclude,
  Deadlines,
  giveBack,
  HEARTBEAT_MS,
  type JobRegistry,
  JobRun,
  reportRun,
  Shutdown,
} from "../lib/jobs/mod.ts";
import { type Lane, LANES } from "../lib/kernel/define-job.ts";
import { messageOf } from "../lib/kernel/errors.ts";
import { sleep } from "../lib/kernel/retry.ts";
import { createAcks } from "./acks.ts";
import { isSerial, type LaneState, newLane, paceWith, roomIn } from "./lane.ts";
import { Leases } from "./leases.ts";

export interface LaneWorkOptions {
  readonly context: Ctx;
  readonly registry: JobRegistry;
  readonly worker: string;
  readonly lanes: Partial<Readonly<Record<Lane, number>>>;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly crowded: () => boolean;
}

/** How long a lane waits before each job while the process is crowded. */
const CROWDED_MS = 50;

/** Claims jobs of the lanes of one process as there is room, runs them, and writes what they came to. */
export class LaneWork {
  readonly lanes: ReadonlyMap<Lane, LaneState>;
  /** Jobs claimed since the start. */
  claimed = 0;
  readonly #ctx: Ctx;
  readonly #registry: JobRegistry;
  readonly #worker: string;
  readonly #leaseMs: number;
  readonly #crowded: () => boolean;
  readonly #leases: Leases;
  readonly #deadlines = new Deadlines();
  readonly #acknowledge: ReturnType<typeof createAcks>;
  /** Made by whoever waits for something to end. */
  #settled: PromiseWithResolvers<void> | null = null;
  #open = false;

  constructor({ context, registry, worker, lanes, leaseMs, heartbeatMs, crowded }: LaneWorkOptions) {
    this.#ctx = context;
    this.#registry = registry;
    this.#worker = worker;
    this.#leaseMs = leaseMs;
    this.#crowded = crowded;
    this.#leases = new Leases({
      context,
      worker,
      leaseMs,
      heartbeatMs,
      onBeat: () => this.#giveBackStale(),
    });
    this.#acknowledge = createAcks(context);
    this.lanes = new Map(LANES.flatMap((lane) => {
      const concurrency = lanes[lane] ?? 0;
      return concurrency > 0 ? [[lane, newLane(lane, concurrency)] as const] : [];
    }));
  }

  get running(): number {
    return this.#leases.size;
  }

  /** Something runs, or is being claimed. */
  get busy(): boolean {
    return this.#leases.size > 0 || [...this.lanes.values()].some(({ pumping }) => pumping);
  }

  open(): void {
    this.#open = true;
    this.#leases.start();
  }

  /** Claims no more from now on. */
  close(): void {
    this.#open = false;
  }

  /** Lets what runs end within `graceMs`, then aborts it and gives it back. After `close`. */
  async end(graceMs: number): Promise<void> {
    for (const state of this.lanes.values()) void this.giveBackAhead(state);
    if (this.busy) await this.#quiet(graceMs);
    this.#leases.stopAll(new Shutdown("The process is stopping"));
    while (this.busy) await this.change();
    await this.#leases.stop();
    this.#deadlines.clear();
  }

  /** What was claimed of the lane and has not started goes back. */
  async giveBackAhead(state: LaneState): Promise<void> {
    await this.#giveBack(state.ahead.splice(0));
  }

  /** There may be work in the lane. */
  demand(lane: Lane): void {
    const state = this.lanes.get(lane);
    if (state === undefined || !this.#open) return;
    state.pending = true;
    this.#pump(state);
  }

  /** Claims as long as there is work and room. Runs once a lane at a time. */
  #pump(state: LaneState): void {
    if (state.pumping || !state.pending || roomIn(state) === 0 || !this.#open) return;
    state.pumping = true;
    this.#claimAll(state)
      .catch((error) => {
        // The rows stay ready; the next sweep asks again.
        this.#log("Jobs could not be claimed", { lane: state.lane, error: messageOf(error) });
      })
      .finally(() => {
        state.pumping = false;
        this.#pump(state);
        this.#tell();
      });
  }

  async #claimAll(state: LaneState): Promise<void> {
    const { lane } = state;
    while (state.pending && this.#open) {
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
      this.claimed += jobs.length;
      const at = performance.now();
      const claimed = jobs.map((job) => ({ run: new JobRun(job, this.#registry.get(job.name)), at }));
      for (const { run } of claimed) this.#leases.hold(run);
      // Stopped while the claim was under way.
      if (!this.#open) return await this.#giveBack(claimed);
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
      this.#log("The outcome of a job could not be written", {
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
    for (const state of this.lanes.values()) {
      const fresh = state.ahead.findIndex(({ at }) => at >= before);
      const stale = state.ahead.splice(0, fresh < 0 ? state.ahead.length : fresh);
      if (stale.length === 0) continue;
      paceWith(state, HEARTBEAT_MS);
      void this.#giveBack(stale).then(() => this.demand(state.lane));
    }
  }

  async #giveBack(claimed: LaneState["ahead"]): Promise<void> {
    if (claimed.length === 0) return;
    try {
      await giveBack(this.#ctx, claimed.map(({ run }) => run.job));
    } catch (error) {
      this.#log("Jobs could not be given back: their leases will end", { error: messageOf(error) });
    } finally {
      for (const { run } of claimed) this.#leases.release(run);
      this.#tell();
    }
  }

  /** Resolves when the next run or claim has ended. */
  change(): Promise<void> {
    this.#settled ??= Promise.withResolvers();
    return this.#settled.promise;
  }

  #tell(): void {
    this.#settled?.resolve();
    this.#settled = null;
  }

  /** Waits until nothing runs, at most `graceMs`. */
  async #quiet(graceMs: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, graceMs);
    let waiting = true;
    over.promise.then(() => waiting = false);
    while (waiting && this.busy) await Promise.race([this.change(), over.promise]);
    clearTimeout(timer);
  }

  #log(message: string, fields: Record<string, unknown>): void {
    this.#ctx.ports.log.log("error", message, { worker: this.#worker, ...fields });
  }
}

function about({ id, name, lane, attempts, workspaceId }: ClaimedJob) {
  return { job_id: id, job: name, lane, attempt: attempts, workspace: workspaceId };
}
