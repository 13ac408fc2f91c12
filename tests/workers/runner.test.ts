import assert from "node:assert/strict";
import { createRegistry, enqueue, JOB_STATE, listJobs } from "../../lib/jobs/mod.ts";
import { openWork, WORKSPACE } from "../support/work.ts";
import { doing, only, put, type Run, running, task } from "./runner-world.ts";

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
