import assert from "node:assert/strict";
import { z } from "zod";
import { enqueue, handler, JOB_STATE, LEASE_MS } from "../../lib/jobs/mod.ts";
import { emit, readEvents } from "../../lib/events/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { eventually } from "../support/eventually.ts";
import { openWork } from "../support/work.ts";
import { doing, only, put, type Run, running } from "./runner-world.ts";

const quick = defineJob({
  name: "test.quick",
  schema: z.object({}),
  lane: "default",
  attempts: 1,
  timeoutMs: 20,
});

Deno.test("a run past its time is aborted and can't commit any more", async () => {
  await using work = await openWork();
  const late = Promise.withResolvers<unknown>();
  await using runner = await running(work, [
    handler(quick, async (ctx) => {
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
      // It ignores the signal and goes on: the lease is gone by the time it writes.
      await eventually("the job has ended", async () => (await only(work)).state === JOB_STATE.dead);
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
