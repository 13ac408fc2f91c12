import assert from "node:assert/strict";
import { z } from "zod";
import { handler, JOB_STATE, retryDead } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { Impossible, RetryAfter } from "../../lib/kernel/retry.ts";
import { openWork } from "../support/work.ts";
import { doing, only, put, running, task } from "./runner-world.ts";

Deno.test("a job that fails is tried again later and later, and is a dead letter after its last attempt", async () => {
  await using work = await openWork();
  const attempts: number[] = [];
  await using runner = await running(
    work,
    doing((ctx) => {
      attempts.push(ctx.job.attempt);
      return Promise.reject(new Error("the printer is on fire"));
    }),
  );
  const id = await put(work, 1);
  for (let attempt = 1; attempt <= 3; attempt++) {
    await runner.idle();
    const job = await only(work);
    assert.equal(job.attempts, attempt);
    const wait = job.runAt - work.clock.now();
    if (attempt < 3) {
      const full = 1000 * 2 ** (attempt - 1);
      assert.ok(wait >= full / 2 && wait <= full, `waits ${wait}`);
      work.clock.advance(wait);
    }
  }
  assert.deepEqual(attempts, [1, 2, 3]);
  const dead = await only(work);
  assert.equal(dead.state, JOB_STATE.dead);
  assert.match(dead.lastError ?? "", /printer is on fire \(attempt 3, the last\)/);
  await retryDead(work.ctx, { id });
  await runner.idle();
  assert.deepEqual(attempts, [1, 2, 3, 1]);
});

Deno.test("RetryAfter waits as told and burns no attempt", async () => {
  await using work = await openWork();
  let throttled = true;
  await using runner = await running(
    work,
    doing(() => throttled ? Promise.reject(new RetryAfter(30_000, "429")) : Promise.resolve()),
  );
  await put(work, 1);
  for (let turn = 0; turn < 5; turn++) {
    await runner.idle();
    const job = await only(work);
    assert.deepEqual([job.state, job.attempts, job.runAt - work.clock.now()], [JOB_STATE.delayed, 0, 30_000]);
    work.clock.advance(30_000);
  }
  throttled = false;
  await runner.idle();
  assert.equal((await only(work)).state, JOB_STATE.done);
});

for (
  const [what, thrown] of [
    ["Impossible", new Impossible("the contact was erased")],
    ["an error that no attempt can mend", new AppError("not_found", "the contact was erased")],
  ] as const
) {
  Deno.test(`${what} makes a dead letter at once`, async () => {
    await using work = await openWork();
    await using runner = await running(work, doing(() => Promise.reject(thrown)));
    await put(work, 1);
    await runner.idle();
    const job = await only(work);
    assert.deepEqual([job.state, job.attempts], [JOB_STATE.dead, 1]);
    assert.match(job.lastError ?? "", /the contact was erased/);
  });
}

Deno.test("a vendor's Retry-After is waited for, at least", async () => {
  await using work = await openWork();
  const thrown = new AppError("rate_limited", "slow down", { retryAfterMs: 45_000 });
  await using runner = await running(work, doing(() => Promise.reject(thrown)));
  await put(work, 1);
  await runner.idle();
  const job = await only(work);
  assert.deepEqual([job.attempts, job.runAt - work.clock.now()], [1, 45_000]);
});

Deno.test("a job of an unknown name is a dead letter that says so", async () => {
  await using work = await openWork();
  await using runner = await running(work, []);
  await put(work, 1);
  await runner.idle();
  const job = await only(work);
  assert.equal(job.state, JOB_STATE.dead);
  assert.match(job.lastError ?? "", /No handler is registered for the job "test.task"/);
});

Deno.test("a payload that no longer fits its schema is a dead letter, and the handler never sees it", async () => {
  await using work = await openWork();
  const newer = defineJob({ ...task, schema: z.object({ n: z.number(), more: z.string() }) });
  let runs = 0;
  await using runner = await running(work, [handler(newer, () => Promise.resolve(void runs++))]);
  await put(work, 1);
  await runner.idle();
  assert.equal((await only(work)).state, JOB_STATE.dead);
  assert.equal(runs, 0);
});
