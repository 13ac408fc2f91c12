import assert from "node:assert/strict";
import { outcomeOf } from "../../../lib/jobs/mod.ts";
import { AppError } from "../../../lib/kernel/errors.ts";

const run = { attempts: 1, maxAttempts: 8, backoff: { baseMs: 1000, maxMs: 60_000 }, chance: 0 };

Deno.test("the wait doubles with every attempt up to its bound, with jitter over the upper half", () => {
  const waits = (chance: number) =>
    [1, 2, 3, 7].map((attempts) => {
      const outcome = outcomeOf(new Error("x"), { ...run, attempts, chance });
      return outcome.kind === "retry" ? outcome.delayMs : -1;
    });
  assert.deepEqual(waits(0), [500, 1000, 2000, 30_000]);
  assert.deepEqual(waits(0.999_999), [1000, 2000, 4000, 60_000]);
});

Deno.test("an error's own word on retrying beats the catalogue's", () => {
  const passing = new AppError("upstream_rejected", "odd", { retryable: true });
  const final = new AppError("upstream_failed", "odd", { retryable: false });
  assert.equal(outcomeOf(passing, run).kind, "retry");
  assert.equal(outcomeOf(final, run).kind, "dead");
});

Deno.test("what a dead letter says holds no secret and is not endless", () => {
  const outcome = outcomeOf(new Error(`Bearer abcdefghijkl refused ${"x".repeat(5000)}`), {
    ...run,
    attempts: 8,
  });
  assert.equal(outcome.kind, "dead");
  const { error } = outcome as { error: string };
  assert.doesNotMatch(error, /abcdefghijkl/);
  assert.ok(error.length < 1100);
});
