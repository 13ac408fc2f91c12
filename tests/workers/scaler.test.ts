import assert from "node:assert/strict";
import { z } from "zod";
import { createRegistry, enqueueMany, handler } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createRunner } from "../../workers/runner.ts";
import { createScaler } from "../../workers/scaler.ts";
import { readLanes } from "../../workers/lanes.ts";
import { usageWith } from "../../workers/usage.ts";
import type { TaskIsolation } from "../../lib/ports/isolation.ts";
import { eventually } from "../support/eventually.ts";
import { openWork } from "../support/work.ts";

const job = defineJob({ name: "scaler.job", schema: z.object({}), lane: "io", timeoutMs: 3_600_000 });

Deno.test("a lane with jobs that wait grows to its bound and runs them, and shrinks when they are done", async () => {
  await using work = await openWork();
  const go = Promise.withResolvers<void>();
  let running = 0, most = 0;
  const runner = createRunner({
    context: work.system,
    lanes: { io: 2, bulk: 1 },
    registry: createRegistry([handler(job, async () => {
      most = Math.max(most, ++running);
      await go.promise;
      running--;
    })]),
  });
  const scaler = createScaler({
    context: work.system,
    runner,
    bounds: { io: { least: 1, most: 6 }, cpu: { least: 1, most: 4 } },
    usage: () => ({ cpuMs: 0, rssBytes: 0 }),
    cores: 2,
  });
  await work.ctx.transact((tx) => enqueueMany(tx, job, Array.from({ length: 10 }, () => ({ payload: {} }))));
  await runner.start();
  for (let look = 0; look < 8; look++) {
    await eventually("all its places are taken", () => runner.busy("io") === runner.lanes.io);
    work.clock.advance(1000);
    await scaler.look();
  }
  assert.deepEqual(
    runner.lanes,
    { io: 6, bulk: 1 },
    "a lane without bounds stays, one that is not run here is left alone",
  );
  await eventually("six run at once", () => most === 6);
  go.resolve();
  await runner.idle();
  for (let look = 0; look < 400; look++) await scaler.look();
  assert.deepEqual(runner.lanes, { io: 1, bulk: 1 });
  await runner.stop(0);
  const scaled = work.log.lines.filter(({ message }) => message === "Scaled");
  assert.ok(scaled.length > 2 && scaled.every(({ fields }) => fields["scaled"] === "lane io"));
});

Deno.test("a pool of processes grows while calls wait for it and there is CPU left, follows its lane, and shrinks", async () => {
  const load = { places: 1, running: 1, waitMs: 2000 };
  let cpuMs = 0;
  const isolation: TaskIsolation = {
    run: () => Promise.reject(new Error("nothing runs here")),
    load: (pool) => pool === "cpu" ? { ...load } : { places: 1, running: 0, waitMs: 0 },
    scale(pool, places) {
      assert.equal(pool, "cpu");
      load.places = places;
    },
    usage: () => ({ processes: 1, rssBytes: 0, cpuMs }),
    close: () => Promise.resolve(),
  };
  await using work = await openWork(() => ({ isolation }));
  const runner = createRunner({ context: work.system, lanes: { cpu: 1 }, registry: createRegistry([]) });
  const usage = usageWith(isolation, () => ({ cpuMs: 0, rssBytes: 0 }));
  const scaler = createScaler({ context: work.system, runner, bounds: {}, usage, cores: 4 });
  const looks = async (times: number) => {
    for (let look = 0; look < times; look++) {
      load.running = load.waitMs > 0 ? load.places : 0;
      await scaler.look();
    }
  };
  cpuMs = 1e9;
  await looks(1);
  assert.equal(load.places, 1, "more at once would make each slower: what the processes use counts");
  await looks(8);
  assert.equal(load.places, 4);
  runner.scale("cpu", 6);
  load.waitMs = 0;
  await looks(1);
  assert.equal(load.places, 6, "its lane was made wider");
  runner.scale("cpu", 1);
  await looks(400);
  assert.equal(load.places, 1);
});

Deno.test("lanes that are named with a number keep it, the others are scaled between bounds", () => {
  const { lanes, bounds } = readLanes("cpu=8,io,maintenance,memory", { cores: 4 });
  assert.deepEqual(lanes, { cpu: 8, io: 32, maintenance: 1, memory: 1 });
  assert.deepEqual(bounds, { io: { least: 8, most: 64 }, memory: { least: 1, most: 2 } });
});

Deno.test("a lane that is to run none is refused as any other number that can't be", () => {
  for (const text of ["cpu=0", "cpu=-1", "cpu=1.5", "cpu=", "cpu=x", "cpu=1001"]) {
    assert.throws(() => readLanes(text), /a lane runs 1 to 1000 jobs at once/, text);
  }
});
