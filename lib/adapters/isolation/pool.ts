import { AppError } from "../../kernel/errors.ts";
import type { IsolatedCall, PoolLoad, PoolUsage } from "../../ports/isolation.ts";
import { type Apart, errorOf, overMemory } from "./apart.ts";

export interface PoolOptions {
  readonly start: () => Apart;
  /** Places at once, until somebody says otherwise. */
  readonly places: number;
  readonly maxMegabytes: number;
  readonly maxResultBytes: number;
}

interface Idle {
  readonly place: Apart;
  readonly since: number;
}

interface Waiting {
  readonly wake: () => void;
  readonly since: number;
}

const WATCH_MS = 50;
/** A place that nobody asked for so long is given up. */
const IDLE_MS = 30_000;
const MEGABYTE = 1024 * 1024;

/** Places for calls, each used for one at a time, kept warm for a while, and ended with what goes over its bounds. */
export class Pool {
  readonly #options: PoolOptions;
  #places: number;
  #idle: Idle[] = [];
  readonly #running = new Set<Apart>();
  #waiting: Waiting[] = [];
  /** CPU time of the places that have ended. */
  #spentMs = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #retire: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#places = options.places;
  }

  async run({ name, args, signal, progress }: IsolatedCall): Promise<string> {
    const place = await this.#take(signal);
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
      if (place.ended) void place.gone().catch(() => {}).finally(() => this.#free(place));
      else this.#free(place);
    }
  }

  get load(): PoolLoad {
    const since = this.#waiting[0]?.since;
    return {
      places: this.#places,
      running: this.#running.size,
      waitMs: since === undefined ? 0 : performance.now() - since,
    };
  }

  get usage(): PoolUsage {
    const all = [...this.#running, ...this.#idle.map(({ place }) => place)].map((place) => place.usage());
    return {
      processes: all.length,
      rssBytes: all.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
      cpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, this.#spentMs),
    };
  }

  /** So many at once from now on: who waits goes on, and what is over it ends when it has nothing to do. */
  scale(places: number): void {
    this.#places = places;
    const over = this.#running.size + this.#idle.length - places;
    if (over > 0) this.#giveUp(this.#idle.splice(0, over), "There are fewer places now");
    const free = places - this.#running.size;
    for (const { wake } of this.#waiting.splice(0, Math.max(0, free))) wake();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retire);
    const reason = new AppError("shutting_down", "The process is stopping");
    for (const place of [...this.#idle.splice(0).map(({ place }) => place), ...this.#running]) {
      place.kill(reason);
    }
    for (const { wake } of this.#waiting.splice(0)) wake();
  }

  async #take(signal: AbortSignal): Promise<Apart> {
    const since = performance.now();
    try {
      // Looked at and taken in one turn of the loop.
      while (this.#running.size >= this.#places && !this.#closed) await this.#wake(since, signal);
      signal.throwIfAborted();
      if (this.#closed) throw new AppError("shutting_down", "The process is stopping");
      const place = this.#warm() ?? this.#options.start();
      this.#running.add(place);
      this.#watch ??= setInterval(() => this.#endTheLarge(), WATCH_MS);
      return place;
    } catch (thrown) {
      // It may have been woken for a place that it does not use: the next one is asked in its stead.
      this.#waiting.shift()?.wake();
      throw thrown;
    }
  }

  async #wake(since: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((wake) => {
      const mine = { wake, since };
      // Woken and overtaken, it goes on waiting where it was.
      const at = this.#waiting.findIndex((other) => other.since > since);
      this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, mine);
      signal.addEventListener("abort", () => {
        // A place that becomes free must not be offered to whoever has left.
        this.#waiting = this.#waiting.filter((one) => one !== mine);
        wake();
      }, { once: true });
    });
  }

  #warm(): Apart | null {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!idle.place.ended) return idle.place;
      this.#spentMs += idle.place.usage().cpuMs;
    }
    return null;
  }

  #free(place: Apart): void {
    this.#running.delete(place);
    if (place.ended) this.#spentMs += place.usage().cpuMs;
    else if (!this.#closed) this.#keep({ place, since: performance.now() });
    this.#waiting.shift()?.wake();
    if (this.#running.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #keep(idle: Idle): void {
    if (this.#running.size + this.#idle.length >= this.#places) {
      return this.#giveUp([idle], "There are fewer places now");
    }
    this.#idle.push(idle);
    this.#retireLater();
  }

  #retireLater(): void {
    this.#retire ??= setTimeout(() => this.#retireIdle(), IDLE_MS);
    Deno.unrefTimer(this.#retire);
  }

  #retireIdle(): void {
    this.#retire = undefined;
    const before = performance.now() - IDLE_MS;
    const old = this.#idle.filter(({ since }) => since <= before);
    this.#idle = this.#idle.filter(({ since }) => since > before);
    this.#giveUp(old, "It was idle");
    if (this.#idle.length > 0) this.#retireLater();
  }

  #giveUp(idle: readonly Idle[], why: string): void {
    for (const { place } of idle) {
      place.kill(new AppError("shutting_down", why));
      this.#spentMs += place.usage().cpuMs;
    }
  }

  /** Array buffers lie outside of a heap's bound: what holds them shows in the size of its process only. */
  #endTheLarge(): void {
    const { maxMegabytes } = this.#options;
    for (const place of this.#running) {
      if (place.usage().rssBytes > maxMegabytes * MEGABYTE) place.kill(overMemory(maxMegabytes));
    }
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new AppError("internal", String(reason));
}
