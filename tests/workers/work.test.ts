import assert from "node:assert/strict";
import { z } from "zod";
import { createRegistry, enqueue, handler, listWorkers } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { readLanes } from "../../workers/lanes.ts";
import { createWork } from "../../workers/work.ts";
import { openWork, type Work } from "../support/work.ts";

const job = defineJob({ name: "work.job", schema: z.object({}), lane: "default" });

const workOf = (work: Work, run: () => Promise<void>) =>
  createWork({
    context: work.system,
    registry: createRegistry([handler(job, run)]),
    lanes: readLanes("default=2"),
    host: "here",
    pid: 7,
    usage: () => ({ cpuMs: 0, rssBytes: 1 }),
  });

Deno.test("the work of a process runs jobs and is known among the others until it has stopped", async () => {
  await using work = await openWork();
  const ran = Promise.withResolvers<void>();
  const one = workOf(work, () => Promise.resolve(ran.resolve()));
  await work.ctx.transact((tx) => enqueue(tx, job, {}));
  await one.start();
  await ran.promise;
  const [known] = await listWorkers(work.system);
  assert.deepEqual([known?.id, known?.lanes, known?.host], [one.runner.worker, { default: 2 }, "here"]);
  await one.runner.idle();
  await one.stop(1000);
  assert.deepEqual(await listWorkers(work.system), []);
});

Deno.test("work that can't begin leaves nothing behind: no timer, no lane that claims", async () => {
  await using work = await openWork();
  const one = workOf(work, () => Promise.resolve());
  await work.opened.database.exec("drop table lane_controls");
  await assert.rejects(one.start(), /no such table/);
  await work.ctx.transact((tx) => enqueue(tx, job, {}));
  one.runner.wake("default");
  assert.equal(one.runner.running, 0);
});
