import assert from "node:assert/strict";
import { z } from "zod";
import {
  acknowledge,
  BEAT_MS,
  beatWorker,
  claim,
  enqueueMany,
  JOB_STATE,
  listJobs,
  listWorkers,
  MAX_LOST_LEASES,
  removeWorker,
  sweep,
  takeOver,
  WorkerWatch,
} from "../../../lib/jobs/mod.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { openWork, type Work } from "../../support/work.ts";

const job = defineJob({ name: "workers.job", schema: z.object({}), lane: "default", attempts: 2 });

async function open() {
  const work = await openWork();
  let now = 0;
  const watch = new WorkerWatch(() => now);
  const beat = (id: string) =>
    beatWorker(work.system, {
      id,
      host: "here",
      pid: 7,
      lanes: { default: 4 },
      running: 1,
      cpu: 0.5,
      rssBytes: 1e8,
      startedAt: 1,
    });
  return {
    work,
    beat,
    /** Time of the watch passes, then it looks. */
    look: async (ms: number) => {
      now += ms;
      return await watch.look(work.system);
    },
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

const put = (work: Work, count: number) =>
  work.ctx.transact((tx) => enqueueMany(tx, job, Array.from({ length: count }, () => ({ payload: {} }))));
const take = (work: Work, limit: number, worker: string) =>
  claim(work.system, { lane: "default", limit, worker });

Deno.test("a worker that falls silent loses its jobs within four seconds, and its own ends are refused", async () => {
  await using world = await open();
  const { work, beat, look } = world;
  await put(work, 3);
  await Promise.all([beat("wrk_a"), beat("wrk_b")]);
  const held = await take(work, 2, "wrk_a");
  await take(work, 1, "wrk_b");
  assert.deepEqual(await look(0), []);
  for (let second = 1; second <= 3; second++) {
    await beat("wrk_b");
    assert.deepEqual(await look(BEAT_MS), second < 3 ? [] : [{ id: "wrk_a", jobs: 2 }], `after ${second} s`);
  }
  assert.deepEqual((await listWorkers(work.system)).map(({ id }) => id), ["wrk_b"]);
  assert.equal((await listJobs(work.ctx, { limit: 9, state: "ready" })).data.length, 2);
  for (const run of held) assert.equal(await acknowledge(work.system, run), false);
  assert.equal((await take(work, 9, "wrk_b")).length, 2);
});

Deno.test("a worker that was taken for dead is known again by its next beat", async () => {
  await using world = await open();
  const { work, beat, look } = world;
  await beat("wrk_a");
  await look(0);
  for (let second = 0; second < 4; second++) await look(BEAT_MS);
  assert.deepEqual(await listWorkers(work.system), []);
  await beat("wrk_a");
  const [row] = await listWorkers(work.system);
  assert.deepEqual([row?.id, row?.lanes, row?.cpu], ["wrk_a", { default: 4 }, 0.5]);
  await removeWorker(work.system, "wrk_a");
  assert.deepEqual(await listWorkers(work.system), []);
});

Deno.test("neither a clock that jumps nor a watch that was held up itself buries a worker", async () => {
  await using world = await open();
  const { work, beat, look } = world;
  await beat("wrk_a");
  await look(0);
  work.clock.advance(3_600_000);
  assert.deepEqual(await look(BEAT_MS), [], "an hour of the wall clock is no silence");
  assert.deepEqual(
    await look(60_000),
    [],
    "a watch that slept a minute has seen one beat and a half of silence",
  );
  await beat("wrk_a");
  work.clock.advance(-7_200_000);
  for (let second = 0; second < 10; second++) {
    await beat("wrk_a");
    assert.deepEqual(await look(BEAT_MS), []);
  }
});

Deno.test("two watches that find a silence take its jobs once", async () => {
  await using world = await open();
  const { work, beat } = world;
  await put(work, 2);
  await beat("wrk_a");
  await take(work, 2, "wrk_a");
  let now = 0;
  const watches = [new WorkerWatch(() => now), new WorkerWatch(() => now)];
  const found: unknown[] = [];
  for (let second = 0; second < 5; second++) {
    now += BEAT_MS;
    for (const lost of await Promise.all(watches.map((watch) => watch.look(work.system)))) {
      found.push(...lost);
    }
  }
  assert.deepEqual(found, [{ id: "wrk_a", jobs: 2 }]);
});

Deno.test("a job that keeps ending its process dies, and does not take along those that ran beside it", async () => {
  await using world = await open();
  const { work } = world;
  const [poison, ...others] = await put(work, 20);
  const done = new Set<string>();
  // Each loss of its process spreads a job over more seconds, by chance: eight of them may be too few for all.
  for (let life = 0; life < 400 && done.size < others.length; life++) {
    const runs = await take(work, 8, "server");
    const bad = runs.some(({ id }) => id === poison);
    // A process ends at once when the poisoned job is among those that it runs; else all end well.
    if (bad) await takeOver(work.system, "server");
    else for (const run of runs) if (await acknowledge(work.system, run)) done.add(run.id);
    work.clock.advance(200);
    await sweep(work.system);
  }
  assert.equal(done.size, others.length, "every other job is done");
  for (let life = 0; life < 2 * MAX_LOST_LEASES; life++) {
    work.clock.advance(60_000);
    await sweep(work.system);
    await take(work, 8, "server");
    await takeOver(work.system, "server");
  }
  const [dead, ...more] = (await listJobs(work.ctx, { limit: 30, state: "dead" })).data;
  assert.equal(dead?.id, poison);
  assert.deepEqual(more, [], "nothing else died with it");
  assert.match(dead?.lastError ?? "", /its process died or hung in each of 5 attempts/);
  assert.equal(dead?.state, JOB_STATE.dead);
});
