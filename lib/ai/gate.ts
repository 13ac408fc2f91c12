import { type Clock, MINUTE, SECOND } from "../kernel/clock.ts";
import type { AppError } from "../kernel/errors.ts";
import type { Admission, GateState, LlmGate, LlmTarget } from "../ports/llm.ts";

/** When a target is left alone. A wrong key opens at once and for long, since only a person can mend it. */
export const BREAKER = {
  failures: 5,
  openMs: 30 * SECOND,
  longestOpenMs: 5 * MINUTE,
} as const;

const COUNTED: ReadonlySet<string> = new Set(["upstream_failed", "upstream_timeout"]);

/** The targets with their breakers and minute caps. The state is of this process and is lost with it. */
export function createGates(targets: readonly LlmTarget[], clock: Clock): readonly LlmGate[] {
  return targets.map((target) => new Gate(target, clock));
}

class Gate implements LlmGate {
  readonly provider: LlmTarget["provider"];
  readonly model: string;
  readonly requestsPerMinute: number | null;
  #failures = 0;
  #openUntil = 0;
  #openMs: number = BREAKER.openMs;
  #probing = false;
  #coolUntil = 0;
  /** Times of the requests of the last minute, oldest first; kept only where there is a cap. */
  #recent: number[] = [];
  #lastError: GateState["lastError"] = null;
  #latencyMs: number | null = null;
  #lastSuccessAt: number | null = null;

  constructor(target: LlmTarget, private readonly clock: Clock) {
    this.provider = target.provider;
    this.model = target.model;
    this.requestsPerMinute = target.requestsPerMinute;
  }

  peek(): Admission {
    const now = this.clock.now();
    if (now < this.#openUntil) return refusal("breaker_open", this.#openUntil - now);
    if (this.#openUntil > 0 && this.#probing) return refusal("breaker_open", SECOND);
    if (now < this.#coolUntil) return refusal("cooling", this.#coolUntil - now);
    const oldest = this.#window(now)[0];
    if (this.#minuteLeft(now) === 0) return refusal("minute_cap_spent", (oldest ?? now) + MINUTE - now);
    return { allowed: true };
  }

  admit(): Admission {
    const admission = this.peek();
    if (!admission.allowed) return admission;
    if (this.#openUntil > 0) this.#probing = true;
    if (this.requestsPerMinute !== null) this.#recent.push(this.clock.now());
    return admission;
  }

  succeeded(latencyMs: number): void {
    this.#close();
    this.#probing = false;
    this.#coolUntil = 0;
    this.#lastError = null;
    this.#latencyMs = Math.round(latencyMs);
    this.#lastSuccessAt = this.clock.now();
  }

  failed(error: AppError): void {
    const now = this.clock.now();
    const probed = this.#probing;
    this.#probing = false;
    // The provider lives and refuses this one request: nothing to hold against it.
    if (error.code === "upstream_rejected") return this.#close();
    this.#lastError = { code: error.code, message: error.message, at: now };
    if (error.retryAfterMs !== undefined) {
      this.#coolUntil = Math.max(this.#coolUntil, now + error.retryAfterMs);
    }
    if (error.code === "not_configured") return this.#open(now, BREAKER.longestOpenMs);
    if (!COUNTED.has(error.code)) return;
    this.#failures++;
    if (probed) this.#openMs = Math.min(this.#openMs * 2, BREAKER.longestOpenMs);
    if (probed || this.#failures >= BREAKER.failures) this.#open(now, this.#openMs);
  }

  released(): void {
    this.#probing = false;
  }

  state(): GateState {
    const now = this.clock.now();
    return {
      provider: this.provider.name,
      model: this.model,
      breaker: this.#openUntil === 0 ? "closed" : now < this.#openUntil ? "open" : "half_open",
      lastError: this.#lastError,
      latencyMs: this.#latencyMs,
      lastSuccessAt: this.#lastSuccessAt,
      minuteLeft: this.#minuteLeft(now),
    };
  }

  #close(): void {
    this.#failures = 0;
    this.#openUntil = 0;
    this.#openMs = BREAKER.openMs;
  }

  #open(now: number, ms: number): void {
    this.#openUntil = now + ms;
  }

  #window(now: number): readonly number[] {
    const stale = this.#recent.findIndex((at) => at > now - MINUTE);
    if (stale !== 0) this.#recent = stale < 0 ? [] : this.#recent.slice(stale);
    return this.#recent;
  }

  #minuteLeft(now: number): number | null {
    return this.requestsPerMinute === null
      ? null
      : Math.max(0, this.requestsPerMinute - this.#window(now).length);
  }
}

function refusal(reason: Exclude<Admission, { allowed: true }>["reason"], retryAfterMs: number): Admission {
  return { allowed: false, reason, retryAfterMs };
}
