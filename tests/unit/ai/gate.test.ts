import assert from "node:assert/strict";
import { BREAKER, createGates } from "../../../lib/ai/mod.ts";
import { MINUTE, SECOND } from "../../../lib/kernel/clock.ts";
import { AppError } from "../../../lib/kernel/errors.ts";
import type { LlmGate, LlmTarget } from "../../../lib/ports/llm.ts";
import { createTestClock } from "../../support/ports.ts";

const target: LlmTarget = {
  provider: {
    name: "nobody",
    chat: () => Promise.reject(new Error("not called here")),
    stream: () => {
      throw new Error("not called here");
    },
    models: () => Promise.resolve([]),
  },
  model: "m",
  requestsPerMinute: null,
};
const down = new AppError("upstream_failed", "down");

function gateOf(change: Partial<LlmTarget> = {}) {
  const clock = createTestClock();
  const [gate] = createGates([{ ...target, ...change }], clock);
  assert.ok(gate);
  return { gate, clock };
}

function fail(gate: LlmGate, times: number, error = down): void {
  for (let n = 0; n < times; n++) {
    assert.ok(gate.admit().allowed);
    gate.failed(error);
  }
}

Deno.test("a breaker opens after failures in a row, and a success between them starts the count anew", () => {
  const { gate } = gateOf();
  fail(gate, BREAKER.failures - 1);
  gate.admit();
  gate.succeeded(12.4);
  fail(gate, BREAKER.failures - 1);
  assert.equal(gate.state().breaker, "closed");
  fail(gate, 1);
  assert.equal(gate.state().breaker, "open");
  assert.deepEqual(gate.admit(), { allowed: false, reason: "breaker_open", retryAfterMs: BREAKER.openMs });
  assert.equal(gate.state().latencyMs, 12);
  assert.equal(gate.state().lastError?.code, "upstream_failed");
});

Deno.test("a half-open breaker lets one probe through: its success closes, its failure opens for twice as long", () => {
  const { gate, clock } = gateOf();
  fail(gate, BREAKER.failures);
  clock.advance(BREAKER.openMs);
  assert.equal(gate.state().breaker, "half_open");
  assert.ok(gate.admit().allowed);
  assert.equal(gate.admit().allowed, false, "a second call waits for the probe");
  gate.failed(down);
  assert.deepEqual(gate.peek(), { allowed: false, reason: "breaker_open", retryAfterMs: 2 * BREAKER.openMs });
  for (let n = 0; n < 10; n++) {
    clock.advance(BREAKER.longestOpenMs);
    assert.ok(gate.admit().allowed);
    gate.failed(down);
  }
  const refusal = gate.peek();
  assert.ok(!refusal.allowed && refusal.retryAfterMs === BREAKER.longestOpenMs, "the pause has a bound");
  clock.advance(BREAKER.longestOpenMs);
  gate.admit();
  gate.succeeded(5);
  assert.deepEqual([gate.state().breaker, gate.state().lastError], ["closed", null]);
  fail(gate, BREAKER.failures);
  clock.advance(BREAKER.openMs);
  assert.ok(gate.peek().allowed, "the pause is the first one again");
});

Deno.test("a probe that its caller gave up lets the next one through", () => {
  const { gate, clock } = gateOf();
  fail(gate, BREAKER.failures);
  clock.advance(BREAKER.openMs);
  gate.admit();
  gate.released();
  assert.ok(gate.admit().allowed);
});

Deno.test("a refused request counts nothing against the provider, a wrong key opens at once", () => {
  const { gate, clock } = gateOf();
  fail(gate, 20, new AppError("upstream_rejected", "too long"));
  assert.deepEqual([gate.state().breaker, gate.state().lastError], ["closed", null]);
  fail(gate, 1, new AppError("not_configured", "wrong key"));
  assert.equal(gate.state().breaker, "open");
  clock.advance(BREAKER.openMs);
  assert.equal(gate.admit().allowed, false);
  clock.advance(BREAKER.longestOpenMs);
  assert.ok(gate.admit().allowed);
});

Deno.test("a pause that a vendor asks for is kept to, without opening the breaker", () => {
  const { gate, clock } = gateOf();
  fail(gate, 1, new AppError("rate_limited", "slow down", { retryAfterMs: 7 * SECOND }));
  assert.deepEqual(gate.admit(), { allowed: false, reason: "cooling", retryAfterMs: 7 * SECOND });
  assert.equal(gate.state().breaker, "closed");
  clock.advance(7 * SECOND);
  assert.ok(gate.admit().allowed);
});

Deno.test("the minute cap lets through as many requests as it says in any minute", () => {
  const { gate, clock } = gateOf({ requestsPerMinute: 3 });
  const admitted: number[] = [];
  const start = clock.now();
  for (let second = 0; second < 180; second += 5) {
    clock.set(start + second * SECOND);
    for (let n = 0; n < 2; n++) {
      if (gate.admit().allowed) {
        admitted.push(clock.now());
        gate.succeeded(1);
      }
    }
  }
  for (const at of admitted) {
    assert.ok(admitted.filter((other) => other > at - MINUTE && other <= at).length <= 3);
  }
  assert.equal(admitted.length, 9, "and it wastes none");
  assert.equal(gate.state().minuteLeft, 0);
  const refusal = gate.peek();
  assert.ok(!refusal.allowed && refusal.reason === "minute_cap_spent" && refusal.retryAfterMs <= MINUTE);
});
