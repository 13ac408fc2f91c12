import assert from "node:assert/strict";
import { z } from "zod";
import { systemClock } from "../../lib/kernel/clock.ts";
import { beatWorker, createRegistry, enqueue, handler, listWorkers } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createPresence } from "../../workers/presence.ts";
import { createRunner, type Runner } from "../../workers/runner.ts";
import { openWork, type Work } from "../support/work.ts";

const job = defineJob({ name: "presence.job", schema: z.object({}), lane: "default" });

const SELF = { host: "here", pid: 1, cpu: 0, rssBytes: 1, startedAt: 0 };

const present = (work: Work, runner: Runner, onLost?: () => void) =>
  createPresence({
    context: work.system,
    worker: runner.worker,
    host: "here",
    pid: 1,
    usage: () => ({ cpuMs: performance.now(), rssBytes: 1 }),
    load: () => ({ lanes: runner.lanes, running: runner.running }),
    ...(onLost === undefined ? {} : { onLost }),
  });

Deno.test("what a worker ran that died runs again elsewhere within five seconds of its last beat", async () => {
  await using work = await openWork(() => ({ clock: systemClock }));
  const begun = Promise.withResolvers<void>();
  const hang = Promise.withResolvers<void>();
  const again = Promise.withResolvers<number>();
  const dying = createRunner({
    context: work.system,
    lanes: { default: 1 },
    heartbeatMs: 3_600_000, // it never extends a lease, and below it never beats again
    registry: createRegistry([handler(job, () => {
      begun.resolve();
      return hang.promise;
    })]),
  });
  const living = createRunner({
    context: work.system,
    lanes: { default: 2 },
    sweepMs: 3_600_000,
    registry: createRegistry([handler(job, () => Promise.resolve(again.resolve(performance.now())))]),
  });
  await work.ctx.transact((tx) => enqueue(tx, job, {}));
  await dying.start();
  await begun.promise;
  const silentSince = performance.now();
  await beatWorker(work.system, { ...SELF, id: dying.worker, lanes: dying.lanes, running: dying.running });
  const watch = present(work, living, () => living.look());
  await living.start();
  await watch.start();
  const rows = await listWorkers(work.system);
  assert.deepEqual(
    rows.map(({ id, lanes }) => [id, lanes]).sort(),
    [
      [dying.worker, { default: 1 }],
      [living.worker, { default: 2 }],
    ].sort(),
  );
  const seconds = (await again.promise - silentSince) / 1000;
  assert.ok(seconds < 5, `${seconds} s`);
  hang.resolve();
  await living.idle();
  await Promise.all([living.stop(0), dying.stop(0), watch.stop()]);
  assert.deepEqual(await listWorkers(work.system), [], "who stops takes its row along");
});
