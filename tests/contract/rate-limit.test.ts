import assert from "node:assert/strict";
import fc from "fast-check";
import { createMemoryRateLimiter } from "../../lib/adapters/rate-limit/memory.ts";

const policy = { name: "login", limit: 10, windowMs: 60_000 };

function setup(options = {}) {
  const clock = { at: 1_000_000, now: () => clock.at };
  return { clock, limiter: createMemoryRateLimiter(clock, options) };
}

Deno.test("a limit lets exactly its number through and then says when the next one fits", () => {
  const { limiter } = setup();
  const allowed = Array.from({ length: 15 }, () => limiter.take(policy, "a")).filter((decision) =>
    decision.allowed
  );
  assert.equal(allowed.length, 10);
  assert.deepEqual(allowed.map((decision) => decision.remaining), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  const refused = limiter.take(policy, "a");
  assert.ok(refused.retryAfterMs > 0 && refused.retryAfterMs <= 120_000);
  assert.equal(limiter.take(policy, "b").allowed, true);
  assert.equal(limiter.take({ ...policy, name: "other" }, "a").allowed, true);
});

Deno.test("a window slides: a burst at its end doesn't open a second one at the next window's start", () => {
  const { limiter, clock } = setup();
  clock.at += 59_000;
  for (let i = 0; i < 10; i++) limiter.take(policy, "a");
  clock.at += 2_000;
  assert.equal(limiter.take(policy, "a").allowed, false);
});

Deno.test("after the told wait the unit fits, for any history", () => {
  fc.assert(fc.property(
    fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 90_000 }), cost: fc.integer({ min: 1, max: 10 }) }),
    ),
    fc.integer({ min: 1, max: 10 }),
    (history, cost) => {
      const { limiter, clock } = setup();
      for (const step of history) {
        clock.at += step.after;
        limiter.take(policy, "a", step.cost);
      }
      const refused = limiter.take(policy, "a", cost);
      if (refused.allowed) return;
      clock.at += refused.retryAfterMs;
      assert.equal(limiter.take(policy, "a", cost).allowed, true);
    },
  ));
});

Deno.test("peek takes nothing and reset forgets the subject", () => {
  const { limiter } = setup();
  for (let i = 0; i < 50; i++) assert.equal(limiter.peek(policy, "a").remaining, 10);
  for (let i = 0; i < 11; i++) limiter.take(policy, "a");
  limiter.reset(policy, "a");
  assert.equal(limiter.take(policy, "a").allowed, true);
});

Deno.test("a refused cost takes nothing", () => {
  const { limiter } = setup();
  for (let i = 0; i < 8; i++) limiter.take(policy, "a");
  assert.equal(limiter.take(policy, "a", 5).allowed, false);
  assert.equal(limiter.take(policy, "a", 2).allowed, true);
});

Deno.test("a clock that is set back locks nobody out and opens no window twice", () => {
  const { limiter, clock } = setup();
  for (let i = 0; i < 10; i++) limiter.take(policy, "a");
  clock.at -= 3_600_000;
  assert.equal(limiter.take(policy, "a").allowed, false);
  clock.at += 120_000;
  assert.equal(limiter.take(policy, "a").allowed, true);
});

Deno.test("memory is bounded: the oldest subjects are forgotten first", () => {
  const { limiter } = setup({ maxSubjects: 100 });
  const one = { ...policy, limit: 1 };
  for (let i = 0; i < 150; i++) limiter.take(one, `s${i}`);
  assert.equal(limiter.take(one, "s149").allowed, false);
  assert.equal(limiter.take(one, "s0").allowed, true);
});
