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

Deno.test("a full or busy store burns no attempt, not even the last, and is asked when it said", () => {
  for (const code of ["storage_full", "busy"] as const) {
    const thrown = new AppError(code, "nothing was written", { retryAfterMs: 30_000 });
    const outcome = outcomeOf(thrown, { ...run, attempts: 8 });
    assert.ok(outcome.kind === "retry" && !outcome.burnt && outcome.delayMs === 30_000, code);
  }
  assert.equal(outcomeOf(new AppError("storage_full", "no backup"), { ...run, attempts: 8 }).kind, "dead");
});

Deno.test("what a failed run says holds no key of a vendor and no refresh token", () => {
  const secrets = [
    "sk-proj-0123456789abcdef",
    "xai-0123456789abcdef",
    "AIzaSyA0123456789012345678901234567",
    "crt.ses_01kabcdefghjkmnpqrstvwxyz0.3.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq",
  ];
  const { error } = outcomeOf(new Error(`refused: ${secrets.join(" ")}`), run) as { error: string };
  for (const secret of secrets) assert.ok(!error.includes(secret.slice(4, 20)), secret);
});
