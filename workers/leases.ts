import type { Ctx } from "../lib/context.ts";
import { type ClaimedJob, heartbeat, LeaseLost } from "../lib/jobs/mod.ts";
import { messageOf } from "../lib/kernel/errors.ts";

export interface LeasesOptions {
  readonly context: Ctx;
  readonly worker: string;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
}

interface Held {
  readonly job: ClaimedJob;
  readonly abort: AbortController;
}

/** The leases of one process: one statement a beat extends them all, and a run whose lease is lost is aborted. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #held = new Map<string, Held>();
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

  /** Keeps the lease of a run until it is let go; the signal is aborted when that fails. */
  hold(job: ClaimedJob): AbortSignal {
    this.#held.get(job.id)?.abort.abort(new LeaseLost(job.id)); // claimed anew while an earlier run still goes on
    const abort = new AbortController();
    this.#held.set(job.id, { job, abort });
    return abort.signal;
  }

  release(job: ClaimedJob): void {
    if (this.#held.get(job.id)?.job === job) this.#held.delete(job.id);
  }

  abortAll(reason: unknown): void {
    for (const { abort } of this.#held.values()) abort.abort(reason);
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => {
        if (!this.#stopped) this.#arm();
      });
    }, this.#options.heartbeatMs);
  }

  async #beat(): Promise<void> {
    const { context, worker, leaseMs } = this.#options;
    const runs = [...this.#held.values()].map(({ job }) => job);
    const began = performance.now();
    try {
      const lost = await heartbeat(context, { worker, runs, leaseMs });
      this.#lastBeat = began;
      for (const id of lost) this.#lose(id, runs);
    } catch (error) {
      context.ports.log.log("error", "Leases could not be extended", { worker, error: messageOf(error) });
      // Past its lease a run may have a rival: better to stop it than to work for nothing.
      if (began - this.#lastBeat > leaseMs) { for (const { id } of runs) this.#lose(id, runs); }
    }
  }

  /** Only the run that the heartbeat asked for: the same job may have been claimed anew meanwhile. */
  #lose(id: string, asked: readonly ClaimedJob[]): void {
    const held = this.#held.get(id);
    if (held !== undefined && asked.includes(held.job)) held.abort.abort(new LeaseLost(id));
  }
}
