import assert from "node:assert/strict";
import { z } from "zod";
import {
  createRegistry,
  enqueue,
  handler,
  JOB_STATE,
  type JobCtx,
  type JobHandler,
  LEASE_MS,
  listJobs,
  retryDead,
} from "../../lib/jobs/mod.ts";
import { emit, readEvents } from "../../lib/events/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { Impossible, RetryAfter } from "../../lib/kernel/retry.ts";
import { createRunner, type RunnerOptions } from "../../workers/runner.ts";
import { openWork, type Work, WORKSPACE } from "../support/work.ts";

const task = defineJob({
  name: "test.task",
  schema: z.object({ n: z.number() }),
  lane: "default",
  attempts: 3,
  backoff: { baseMs: 1000, maxMs: 60_000 },
});
const quick = defineJob({
  name: "test.quick",
  schema: z.object({}),
  lane: "default",
  attempts: 1,
  timeoutMs: 20,
});

type Run = (ctx: JobCtx, payload: { n: number }) => Promise<void>;

/** A started runner that `await using` stops. */
async function running(work: Work, handlers: readonly JobHandler[], options: Partial<RunnerOptions> = {}) {
  const runner = createRunner({
    context: work.system,
    registry: createRegistry(handlers),
    lanes: { default: 8 },
    ...options,
  });
  const unsubscribe = work.waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  return Object.assign(runner, {
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await runner.stop(0);
    },
  });
}

const doing = (run: Run) => [handler(task, run)];
const put = (work: Work, n: number, options = {}) =>
  work.ctx.transact((tx) => enqueue(tx, task, { n }, options));
const only = async (work: Work) => {
  const [job] = (await listJobs(work.ctx, { limit: 1 })).data;
  assert.ok(job);
  return job;
};

Deno.test("the runner runs a job as the system in the job's workspace, and marks it done", async () => {
  await using work = await openWork();
  const seen: unknown[] = [];
  await using runner = await running(
    work,
    doing((ctx, { n }) => {
      seen.push([n, ctx.workspaceId, ctx.actor.id, ctx.job.attempt, ctx.job.last]);
      return Promise.resolve();
    }),
  );
  await put(work, 7);
  await runner.idle();
  assert.deepEqual(seen, [[7, WORKSPACE, "system:job.test.task", 1, false]]);
  assert.equal((await only(work)).state, JOB_STATE.done);
});

Deno.test("the runner finds work that no wake-up told of when it starts", async () => {
  await using work = await openWork();
  await put(work, 1);
  let runs = 0;
  await using runner = await running(work, doing(() => Promise.resolve(void runs++)));
  await runner.idle();
  assert.equal(runs, 1);
});

Deno.test("the runner finds work that another process committed", async () => {
  await using work = await openWork();
  const ran = Promise.withResolvers<void>();
  await using _runner = await running(work, doing(() => Promise.resolve(ran.resolve())), {
    sweepMs: 3_600_000,
  });
  await work.ctx.transact((tx) =>
    enqueue(Object.assign(Object.create(tx), { afterCommit: () => {} }), task, { n: 1 })
  );
  work.opened.database.foreignCommit();
  await ran.promise;
});

Deno.test("the runner never runs more jobs of a lane at once than the lane has room for", async () => {
  await using work = await openWork();
  await Promise.all(Array.from({ length: 40 }, (_, n) => put(work, n)));
  let now = 0, most = 0;
  const run: Run = async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    now--;
  };
  await using runner = await running(work, doing(run), { lanes: { default: 3 } });
  await runner.idle();
  assert.equal(most, 3);
  assert.equal((await listJobs(work.ctx, { limit: 100, state: "done" })).data.length, 40);
});

Deno.test("a lane that is not run here is left alone", async () => {
  await using work = await openWork();
  await using runner = await running(work, doing(() => Promise.resolve()), { lanes: { bulk: 2 } });
  await put(work, 1);
  await runner.idle();
  assert.equal((await only(work)).state, JOB_STATE.ready);
});

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

Deno.test("a run past its time is aborted and can't commit any more", async () => {
  await using work = await openWork();
  const late = Promise.withResolvers<unknown>();
  await using runner = await running(work, [
    handler(quick, async (ctx) => {
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      // It ignores the signal and goes on: the lease is gone by the time it writes.
      await new Promise((resolve) => setTimeout(resolve, 30));
      late.resolve(await ctx.transact((tx) => ctx.assertLease(tx)).catch((error: unknown) => error));
    }),
  ]);
  await work.ctx.transact((tx) => enqueue(tx, quick, {}));
  await runner.idle();
  const job = await only(work);
  assert.equal(job.state, JOB_STATE.dead);
  assert.match(job.lastError ?? "", /took longer than 20 ms/);
  assert.equal(Reflect.get(Object(await late.promise), "name"), "LeaseLost");
});

Deno.test("a run that lost its lease to another process writes nothing, the other one does", async () => {
  await using work = await openWork();
  const entered = Promise.withResolvers<void>();
  const proceed = Promise.withResolvers<void>();
  const run = (wait: boolean): Run => async (ctx) => {
    entered.resolve();
    if (wait) await proceed.promise;
    await ctx.transact(async (tx) => {
      await ctx.assertLease(tx);
      await emit(tx, { type: "test.done", subjectId: wait ? "stalled" : "rescuer" });
    });
  };
  const beatsNever = { heartbeatMs: 3_600_000, sweepMs: 3_600_000 };
  await using stalled = await running(work, doing(run(true)), beatsNever);
  await put(work, 1);
  await entered.promise;
  work.clock.advance(LEASE_MS + 1);
  await using rescuer = await running(work, doing(run(false)), beatsNever);
  await rescuer.idle();
  proceed.resolve();
  while (stalled.running > 0) await new Promise((resolve) => setImmediate(resolve));
  const done = await readEvents(work.ctx, { after: 0, limit: 10 });
  assert.deepEqual(done.map(({ subjectId }) => subjectId), ["rescuer"]);
  assert.equal((await only(work)).state, JOB_STATE.done);
});

Deno.test("finish ends the job in the handler's own commit: effect and end, or neither", async () => {
  await using work = await openWork();
  let fail = true;
  await using runner = await running(
    work,
    doing(async (ctx) => {
      await ctx.transact(async (tx) => {
        await emit(tx, { type: "test.effect", subjectId: ctx.job.id });
        await ctx.finish(tx);
        if (fail) throw new Error("not yet");
      });
      throw new Error("after the commit nothing counts any more");
    }),
  );
  await put(work, 1);
  await runner.idle();
  assert.equal((await only(work)).state, JOB_STATE.delayed);
  assert.equal((await readEvents(work.ctx, { after: 0, limit: 10 })).length, 0);
  fail = false;
  work.clock.advance(60_000);
  await runner.idle();
  assert.equal((await only(work)).state, JOB_STATE.done);
  assert.equal((await readEvents(work.ctx, { after: 0, limit: 10 })).length, 1);
});

Deno.test("a heartbeat notices a lost lease and aborts the run", async () => {
  await using work = await openWork();
  const entered = Promise.withResolvers<void>();
  const reason = Promise.withResolvers<unknown>();
  await using _runner = await running(
    work,
    doing((ctx) => {
      entered.resolve();
      return new Promise((_, reject) =>
        ctx.signal.addEventListener("abort", () => {
          reason.resolve(ctx.signal.reason);
          reject(ctx.signal.reason);
        })
      );
    }),
    { heartbeatMs: 5, leaseMs: 1, sweepMs: 3_600_000 },
  );
  const id = await put(work, 1);
  await entered.promise;
  await work.opened.database.client.execute({
    sql: "update jobs set fence = fence + 1 where id = ?",
    args: [id],
  });
  assert.equal(Reflect.get(Object(await reason.promise), "name"), "LeaseLost");
});

Deno.test("stop lets running jobs end and claims no more", async () => {
  await using work = await openWork();
  const proceed = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  await using runner = await running(
    work,
    doing(async () => {
      entered.resolve();
      await proceed.promise;
    }),
    { lanes: { default: 1 } },
  );
  await put(work, 1);
  await put(work, 2);
  await entered.promise;
  const stopped = runner.stop(60_000);
  proceed.resolve();
  await stopped;
  const states = (await listJobs(work.ctx, { limit: 10 })).data.map(({ state }) => state);
  assert.deepEqual(states, [JOB_STATE.ready, JOB_STATE.done]);
});

Deno.test("a job that outlasts the grace of stop is given back, ready, with no attempt burnt", async () => {
  await using work = await openWork();
  const entered = Promise.withResolvers<void>();
  await using runner = await running(
    work,
    doing(() => {
      entered.resolve();
      return new Promise<never>(() => {});
    }),
  );
  await put(work, 1);
  await entered.promise;
  await runner.stop(1);
  const job = await only(work);
  assert.deepEqual([job.state, job.attempts, job.lease], [JOB_STATE.ready, 0, null]);
  assert.equal(runner.running, 0);
});

Deno.test("a runner that bears its name alone takes its jobs back at the start", async () => {
  await using work = await openWork();
  await put(work, 1);
  const { claim } = await import("../../lib/jobs/mod.ts");
  assert.equal((await claim(work.system, { lane: "default", limit: 1, worker: "server" })).length, 1);
  let runs = 0;
  await using runner = await running(work, doing(() => Promise.resolve(void runs++)), { worker: "server" });
  await runner.idle();
  assert.equal(runs, 1);
});

Deno.test("a delayed job starts when it is due without waiting for the next sweep", async () => {
  await using work = await openWork();
  const ran = Promise.withResolvers<void>();
  await using _runner = await running(work, doing(() => Promise.resolve(ran.resolve())), {
    sweepMs: 3_600_000,
  });
  await put(work, 1, { delayMs: 20 });
  const tick = setInterval(() => work.clock.advance(1), 1);
  await ran.promise;
  clearInterval(tick);
});

Deno.test("createRegistry refuses two handlers of one name", () => {
  assert.throws(
    () => createRegistry([...doing(() => Promise.resolve()), ...doing(() => Promise.resolve())]),
    /test.task/,
  );
});
