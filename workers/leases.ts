import type { Ctx } from "../lib/context.ts";
import { heartbeat, type JobRun, LeaseLost } from "../lib/jobs/mod.ts";
import { messageOf } from "../lib/kernel/errors.ts";

export interface LeasesOptions {
  readonly context: Ctx;
  readonly worker: string;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  /** Called at each beat, before the leases are extended. */
  readonly onBeat?: () => void;
}

/** The leases of one process: one statement a beat extends them all, and a run whose lease is lost is stopped. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #held = new Map<string, JobRun>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #beating: Promise<void> = Promise.resolve();
  #lastBeat = 0;
  #stopped = true;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#held.size;
  }

  start(): void {
    this.#stopped = false;
    this.#lastBeat = performance.now();
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
  }

  /** Keeps the lease of a run until it is let go; the run is stopped when that fails. */
  hold(run: JobRun): void {
    this.#held.get(run.job.id)?.stop(new LeaseLost(run.job.id)); // claimed anew while an earlier run still goes on
    this.#held.set(run.job.id, run);
  }

  release(run: JobRun): void {
    if (this.#held.get(run.job.id) === run) this.#held.delete(run.job.id);
  }

  stopAll(reason: unknown): void {
    for (const run of this.#held.values()) run.stop(reason);
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => {
        if (!this.#stopped) this.#arm();
      });
    }, this.#options.heartbeatMs);
  }

  async #beat(): Promise<void> {
    const { context, worker, leaseMs, onBeat } = this.#options;
    onBeat?.();
    const runs = [...this.#held.values()];
    const began = performance.now();
    try {
      const lost = await heartbeat(context, { worker, runs: runs.map(({ job }) => job), leaseMs });
      this.#lastBeat = began;
      for (const id of lost) this.#lose(id, runs);
    } catch (error) {
      context.ports.log.log("error", "Leases could not be extended", { worker, error: messageOf(error) });
      // Past its lease a run may have a rival: better to stop it than to work for nothing.
      if (began - this.#lastBeat > leaseMs) { for (const { job } of runs) this.#lose(job.id, runs); }
    }
  }

  /** Only the run that the heartbeat asked for: the same job may have been claimed anew meanwhile. */
  #lose(id: string, asked: readonly JobRun[]): void {
    const held = this.#held.get(id);
    if (held !== undefined && asked.includes(held)) held.stop(new LeaseLost(id));
  }
}
