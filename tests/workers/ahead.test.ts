import assert from "node:assert/strict";
import { z } from "zod";
import { createRegistry, enqueueMany, handler, JOB_STATE, listJobs } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { aheadFor, newLane, paceWith, roomIn } from "../../workers/lane.ts";
import { createRunner } from "../../workers/runner.ts";
import { eventually } from "../support/eventually.ts";
import { openWork, type Work } from "../support/work.ts";

const job = defineJob({ name: "ahead.job", schema: z.object({ n: z.number() }), lane: "default" });

const put = (work: Work, count: number, from = 0) =>
  work.ctx.transact((tx) =>
    enqueueMany(tx, job, Array.from({ length: count }, (_, n) => ({ payload: { n: from + n } })))
  );

const states = async (work: Work) => {
  const counts: Record<number, number> = {};
  for (const { state } of (await listJobs(work.ctx, { limit: 200 })).data) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
};

Deno.test("nothing is claimed ahead of slow jobs; ahead of quick ones as many as start within milliseconds", () => {
  assert.equal(aheadFor({ concurrency: 8, pace: 100 }), 0);
  assert.equal(aheadFor({ concurrency: 1, pace: 0.01 }), 0, "one at a time is one at a time");
  assert.equal(aheadFor({ concurrency: 8, pace: 4 }), 8);
  assert.equal(aheadFor({ concurrency: 64, pace: 0.01 }), 512);
  const lane = newLane("default", 4);
  assert.equal(aheadFor(lane), 0, "a lane is taken for slow until it has shown otherwise");
  for (let n = 0; n < 200; n++) paceWith(lane, 0.1);
  assert.ok(aheadFor(lane) > 100);
  paceWith(lane, 1000);
  assert.equal(aheadFor(lane), 0, "one slow run ends it");
});

Deno.test("a lane claims for its free places, and anew only when half of what was claimed ahead is used up", () => {
  const lane = newLane("default", 4);
  assert.equal(roomIn(lane), 4);
  lane.running = 3;
  assert.equal(roomIn(lane), 1);
  lane.running = 4;
  assert.equal(roomIn(lane), 0);
  lane.pace = 1;
  assert.equal(roomIn(lane), 16);
});

Deno.test("quick jobs are claimed and acknowledged in batches: far fewer statements than jobs", async () => {
  await using work = await openWork();
  await put(work, 2000);
  const runner = createRunner({
    context: work.system,
    lanes: { default: 16 },
    registry: createRegistry([handler(job, () => Promise.resolve())]),
  });
  const before = work.opened.database.stats().members;
  await runner.start();
  await runner.idle();
  await runner.stop(0);
  const members = work.opened.database.stats().members - before;
  assert.ok(members < 400, `${members} writes for 2,000 jobs`);
  assert.deepEqual(await states(work), { [JOB_STATE.done]: 200 });
});

Deno.test("jobs claimed ahead of a run that stalls are given back, for whoever has room, with no attempt burnt", async () => {
  await using work = await openWork();
  const stall = Promise.withResolvers<void>();
  const stalled = Promise.withResolvers<void>();
  const registry = createRegistry([handler(job, async (_ctx, { n }) => {
    if (n !== 500 && n !== 501) return;
    if (n === 501) stalled.resolve();
    await stall.promise;
  })]);
  const first = createRunner({ context: work.system, lanes: { default: 2 }, registry, heartbeatMs: 20 });
  await put(work, 600);
  await first.start();
  await stalled.promise;
  // What waits behind the stalled job is given back at a beat, once it is a second old.
  await eventually("two leases are left", async () => (await states(work))[JOB_STATE.leased] === 2);
  const given = (await listJobs(work.ctx, { limit: 200, state: "ready" })).data;
  assert.ok(given.length > 50);
  assert.ok(given.every(({ attempts }) => attempts === 0));
  const other = createRunner({ context: work.system, lanes: { default: 4 }, registry });
  await other.start();
  await eventually("all others have run", async () => (await states(work))[JOB_STATE.done] === 198);
  stall.resolve();
  await first.idle();
  await Promise.all([first.stop(0), other.stop(0)]);
  assert.deepEqual(await states(work), { [JOB_STATE.done]: 200 });
});

Deno.test("stop gives back at once what was claimed ahead, while what runs may end", async () => {
  await using work = await openWork();
  const entered = Promise.withResolvers<void>();
  const stall = Promise.withResolvers<void>();
  const registry = createRegistry([handler(job, async (_ctx, { n }) => {
    if (n !== 300 && n !== 301) return;
    if (n === 301) entered.resolve();
    await stall.promise;
  })]);
  const runner = createRunner({ context: work.system, lanes: { default: 2 }, registry });
  await put(work, 400);
  await runner.start();
  await entered.promise;
  const stopped = runner.stop(60_000);
  await eventually("two leases are left", async () => (await states(work))[JOB_STATE.leased] === 2);
  stall.resolve();
  await stopped;
  assert.deepEqual(await states(work), { [JOB_STATE.done]: 102, [JOB_STATE.ready]: 98 });
});
