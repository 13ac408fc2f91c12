import assert from "node:assert/strict";
import { JOB_STATE, listJobs } from "../../lib/jobs/mod.ts";
import { openWork } from "../support/work.ts";
import { doing, only, put, running } from "./runner-world.ts";

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
