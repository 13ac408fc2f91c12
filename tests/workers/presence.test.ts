import assert from "node:assert/strict";
import { z } from "zod";
import { systemClock } from "../../lib/kernel/clock.ts";
import { BEAT_MS, beatWorker, createRegistry, enqueue, handler, listWorkers } from "../../lib/jobs/mod.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createPresence } from "../../workers/presence.ts";
import { createRunner, type Runner } from "../../workers/runner.ts";
import { eventually } from "../support/eventually.ts";
import { openWork, type Work } from "../support/work.ts";

const job = defineJob({ name: "presence.job", schema: z.object({}), lane: "default" });

const SELF = { host: "here", pid: 1, cpu: 0, rssBytes: 1, startedAt: 0 };

/** `onLost` is told how often it has beaten until then. */
function present(work: Work, runner: Runner, onLost: (beats: number) => void, beatMs = BEAT_MS) {
  let beats = 0;
  return createPresence({
    beatMs,
    context: work.system,
    worker: runner.worker,
    host: "here",
    pid: 1,
    usage: () => ({ cpuMs: performance.now(), rssBytes: 1 }),
    load() {
      beats++;
      return { lanes: runner.lanes, running: runner.running };
    },
    onLost: () => onLost(beats),
  });
}

Deno.test("what a worker ran that died runs again elsewhere within five seconds of its last beat", async () => {
  await using work = await openWork(() => ({ clock: systemClock }));
  const begun = Promise.withResolvers<void>();
  const hang = Promise.withResolvers<void>();
  const again = Promise.withResolvers<void>();
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
    registry: createRegistry([handler(job, () => Promise.resolve(again.resolve()))]),
  });
  await work.ctx.transact((tx) => enqueue(tx, job, {}));
  await dying.start();
  await begun.promise;
  await beatWorker(work.system, { ...SELF, id: dying.worker, lanes: dying.lanes, running: dying.running });
  let lostAfter = Infinity;
  const watch = present(work, living, (beats) => {
    lostAfter = beats;
    living.look();
  });
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
  await again.promise;
  // By the beats of who watches, a second apart or more: a busy machine has longer seconds.
  assert.ok(lostAfter * BEAT_MS < 5000, `it was missed after ${lostAfter} beats`);
  hang.resolve();
  await living.idle();
  await Promise.all([living.stop(0), dying.stop(0), watch.stop()]);
  assert.deepEqual(await listWorkers(work.system), [], "who stops takes its row along");
});

Deno.test("an owner that beats seldom while it is alone keeps its jobs when others come to watch it", async () => {
  await using work = await openWork(() => ({ clock: systemClock }));
  const hang = Promise.withResolvers<void>();
  let runs = 0;
  const registry = createRegistry([handler(job, () => (runs++, hang.promise))]);
  const owner = createRunner({ context: work.system, lanes: { default: 1 }, registry, worker: "owner" });
  const other = createRunner({ context: work.system, lanes: { default: 1 }, registry });
  const [alone, newcomer] = [
    present(work, owner, () => owner.look(), 60_000),
    present(work, other, () => other.look()),
  ];
  await work.ctx.transact((tx) => enqueue(tx, job, {}));
  await owner.start();
  await alone.start();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const beats = async () => (await listWorkers(work.system)).find(({ id }) => id === "owner")?.beats ?? 0;
  assert.equal(await beats(), 1, "nobody is there to hear it");
  await other.start();
  await newcomer.start();
  await eventually("it beats each second, for longer than one may be silent", async () => await beats() >= 5);
  assert.deepEqual(
    (await listWorkers(work.system)).map(({ id }) => id).sort(),
    ["owner", other.worker].sort(),
  );
  assert.equal(runs, 1, "its job runs nowhere else");
  await newcomer.stop();
  hang.resolve();
  await owner.idle();
  await Promise.all([owner.stop(0), other.stop(0), alone.stop()]);
  assert.equal(runs, 1);
});
