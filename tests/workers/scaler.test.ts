import assert from "node:assert/strict";
import { z } from "zod";
import { createRegistry, enqueueMany, handler } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createRunner } from "../../workers/runner.ts";
import { createScaler } from "../../workers/scaler.ts";
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
    work.clock.advance(1000);
    await scaler.look();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(
    runner.lanes,
    { io: 6, bulk: 1 },
    "a lane without bounds stays, one that is not run here is left alone",
  );
  assert.equal(most, 6);
  go.resolve();
  await runner.idle();
  for (let look = 0; look < 400; look++) await scaler.look();
  assert.deepEqual(runner.lanes, { io: 1, bulk: 1 });
  await runner.stop(0);
  const scaled = work.log.lines.filter(({ message }) => message === "A lane was scaled");
  assert.ok(scaled.length > 2 && scaled.every(({ fields }) => fields["lane"] === "io"));
});
