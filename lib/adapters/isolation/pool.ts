import { AppError } from "../../kernel/errors.ts";
import type { IsolatedCall } from "../../ports/isolation.ts";
import { type Apart, errorOf, overMemory } from "./apart.ts";

export interface PoolOptions {
  readonly start: () => Apart;
  /** Places at once. */
  readonly size: number;
  readonly maxMegabytes: number;
  readonly maxResultBytes: number;
}

interface Running {
  readonly place: Apart;
  readonly since: number;
}

const WATCH_MS = 50;
/** A place that nobody asked for so long is given up. */
const IDLE_MS = 30_000;
const MEGABYTE = 1024 * 1024;
/** So long after a thread is gone its memory may still be on its way back, and its last text (512 MB) on its way in. */
const RETURNING_MS = 2000;
const LAST_TEXTS_BYTES = 1024 * MEGABYTE;

/** Places for calls, each used for one at a time, kept warm for a while, and ended with what goes over its bounds. */
export class Pool {
  readonly #options: PoolOptions;
  #idle: { readonly place: Apart; readonly since: number }[] = [];
  readonly #running = new Set<Running>();
  readonly #waiting: (() => void)[] = [];
  #watch: ReturnType<typeof setInterval> | undefined;
  #retire: ReturnType<typeof setTimeout> | undefined;
  /** The size of this process when none of its threads ran. */
  #quietBytes = Infinity;
  /** The size of this process when the last ended thread was gone, and until when it may still hold that one's. */
  #returning = { bytes: 0, until: -Infinity };
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async run({ name, args, signal, progress }: IsolatedCall): Promise<string> {
    const place = await this.#take(signal);
    const running = { place, since: performance.now() };
    this.#running.add(running);
    this.#watchMemory();
    const onAbort = () => place.kill(asError(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    let json: string | null = null;
    let failure: Error | null = null;
    try {
      if (signal.aborted) onAbort();
      await place.ask({ name, args, maxBytes: this.#options.maxResultBytes }, (answer) => {
        if (answer.kind === "progress") progress(answer.percent, answer.message);
        else if (answer.kind === "done") json = answer.json;
        else failure = errorOf(answer);
      });
      if (failure !== null) throw failure;
      return json ?? "null";
    } finally {
      signal.removeEventListener("abort", onAbort);
      // Its memory counts as long as it is not gone; whoever asked need not wait for that.
      if (place.ended) void place.gone().catch(() => {}).finally(() => this.#bury(running));
      else this.#free(running);
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retire);
    const reason = new AppError("shutting_down", "The process is stopping");
    for (const { place } of [...this.#idle.splice(0), ...this.#running]) place.kill(reason);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #take(signal: AbortSignal): Promise<Apart> {
    while (this.#running.size >= this.#options.size) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      signal.throwIfAborted();
    }
    if (this.#closed) throw new AppError("shutting_down", "The process is stopping");
    for (let warm = this.#idle.pop(); warm !== undefined; warm = this.#idle.pop()) {
      if (!warm.place.ended) return warm.place;
    }
    return this.#options.start();
  }

  #bury(running: Running): void {
    if (running.place.rssBytes() === null) {
      const bytes = Deno.memoryUsage().rss + LAST_TEXTS_BYTES;
      this.#returning = { bytes, until: performance.now() + RETURNING_MS };
    }
    this.#free(running);
  }

  #free(running: Running): void {
    const { place } = running;
    this.#running.delete(running);
    if (!place.ended && !this.#closed) {
      this.#idle.push({ place, since: performance.now() });
      this.#retire ??= setTimeout(() => this.#retireIdle(), IDLE_MS);
      unref(this.#retire);
    }
    this.#waiting.shift()?.();
    if (this.#running.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #retireIdle(): void {
    this.#retire = undefined;
    const before = performance.now() - IDLE_MS;
    const old = this.#idle.filter(({ since }) => since <= before);
    this.#idle = this.#idle.filter(({ since }) => since > before);
    for (const { place } of old) place.kill(new AppError("shutting_down", "It was idle"));
    if (this.#idle.length === 0) return;
    this.#retire = setTimeout(() => this.#retireIdle(), IDLE_MS);
    unref(this.#retire);
  }

  /** Array buffers lie outside of a heap's bound: what holds them shows in the size of its process only. */
  #watchMemory(): void {
    if (this.#running.size === 1) this.#quietBytes = Deno.memoryUsage().rss;
    this.#watch ??= setInterval(() => this.#endTheLargest(), WATCH_MS);
  }

  #endTheLargest(): void {
    const { maxMegabytes } = this.#options;
    const bytes = maxMegabytes * MEGABYTE;
    const threads: Running[] = [];
    for (const running of this.#running) {
      const own = running.place.rssBytes();
      if (own === null) threads.push(running);
      else if (own > bytes) running.place.kill(overMemory(maxMegabytes));
    }
    // One that is leaving still holds its memory: whether another one is too large shows when it is gone.
    if (threads.length === 0 || threads.some(({ place }) => place.ended)) return;
    const returning = performance.now() < this.#returning.until ? this.#returning.bytes : 0;
    const quiet = Math.max(this.#quietBytes, returning);
    if (Deno.memoryUsage().rss - quiet <= bytes * threads.length) return;
    // Threads share one size, so the newest is taken for the cause.
    threads.sort((a, b) => b.since - a.since)[0]?.place.kill(overMemory(maxMegabytes));
  }
}

function unref(timer: ReturnType<typeof setTimeout> | undefined): void {
  if (typeof timer === "number") Deno.unrefTimer(timer);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new AppError("internal", String(reason));
}
