import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { serveHrana } from "../../lib/adapters/db/hrana-server.ts";
import { emit, readEvents } from "../../lib/events/mod.ts";
import { BEAT_MS, createRegistry, enqueue, handler, listJobs, listWorkers } from "../../lib/jobs/mod.ts";
import { MINUTE, systemClock } from "../../lib/kernel/clock.ts";
import { defineJob } from "../../lib/kernel/define-job.ts";
import { createPresence } from "../../workers/presence.ts";
import { createRunner } from "../../workers/runner.ts";
import { TextLineStream } from "../support/lines.ts";
import { openWork, type Work } from "../support/work.ts";

const PROGRAM = fileURLToPath(new URL("../support/worker-program.ts", import.meta.url));
const TOKEN = "a-token-of-this-test";
const job = defineJob({ name: "faults.job", schema: z.object({ how: z.string() }), lane: "default" });

/** Its effect, which takes more room than its own row gives back, and its end are one commit. */
const effect = handler(job, async (run, { how }) => {
  await run.transact(async (tx) => {
    await emit(tx, {
      type: "faults.effect",
      subjectId: run.job.id,
      data: { how: how.repeat(4) },
    });
    await run.finish(tx);
  });
});

async function effectsOf(work: Work): Promise<number> {
  const events = await readEvents(work.ctx, { after: 0, limit: 500 });
  const ids = events.filter(({ type }) => type === "faults.effect").map(({ subjectId }) => subjectId);
  assert.equal(new Set(ids).size, ids.length, "no effect comes twice");
  return ids.length;
}

/** A worker of another process; `begun` says how its run goes on. */
function startWorker(url: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--no-check", PROGRAM, url, TOKEN],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    .getReader();
  return {
    begun: lines.read().then(({ value }) => value),
    async kill(): Promise<void> {
      child.kill("SIGKILL");
      await child.status;
      while (!(await lines.read()).done) { /* what it had still said */ }
    },
  };
}

Deno.test("jobs of a worker that is killed, and of one whose handler blocks its thread for ever, run elsewhere within five seconds, once", async () => {
  await using work = await openWork(() => ({ clock: systemClock }));
  const endpoint = serveHrana(work.opened.database, { token: TOKEN });
  for (const how of ["hangs", "blocks"]) await work.ctx.transact((tx) => enqueue(tx, job, { how }));
  const workers = [startWorker(endpoint.url), startWorker(endpoint.url)];
  const begun = await Promise.all(workers.map(({ begun }) => begun));
  assert.deepEqual([...begun].sort(), ["blocks", "hangs"]);
  const runner = createRunner({
    context: work.system,
    lanes: { default: 4 },
    registry: createRegistry([effect]),
    sweepMs: 3_600_000,
  });
  let beats = 0, atKill = 0, lostAfter = Infinity;
  const presence = createPresence({
    context: work.system,
    worker: runner.worker,
    host: "here",
    pid: Deno.pid,
    usage: () => ({ cpuMs: 0, rssBytes: 0 }),
    load() {
      beats++;
      return { lanes: runner.lanes, running: runner.running };
    },
    onLost() {
      lostAfter = beats - atKill;
      runner.look();
    },
  });
  await runner.start();
  await presence.start();
  await workers[begun.indexOf("hangs")]?.kill();
  atKill = beats;
  await eventually("both ran again", async () => await effectsOf(work) === 2, { everyMs: 20 });
  // By its own beats, a second apart or more: a busy machine has longer seconds.
  assert.ok(lostAfter * BEAT_MS < 5000, `the last one was missed after ${lostAfter} beats`);
  assert.deepEqual((await listWorkers(work.system)).map(({ id }) => id), [runner.worker]);
  await workers[begun.indexOf("blocks")]?.kill();
  await runner.idle();
  await runner.stop(0);
  await presence.stop();
  assert.equal(await effectsOf(work), 2);
  assert.equal((await listJobs(work.ctx, { limit: 9, state: "done" })).data.length, 2);
  await endpoint.shutdown();
});

Deno.test("on a full database nothing that was acknowledged is lost, and all of it runs once there is room", async () => {
  await using work = await openWork();
  const { database } = work.opened;
  const { rows: [used] } = await database.client.execute("select page_count as n from pragma_page_count");
  await database.setMaxPages(Number(used?.n) + 40);
  const acknowledged: string[] = [];
  const refused: unknown[] = [];
  const how = "x".repeat(2000);
  for (let n = 0; n < 200 && refused.length < 5; n++) {
    await work.ctx.transact((tx) => enqueue(tx, job, { how })).then(
      (id) => acknowledged.push(id),
      (error) => refused.push(error),
    );
  }
  assert.equal(refused.length, 5);
  for (const error of refused) {
    assert.equal(Reflect.get(Object(error), "code"), "storage_full", String(error));
  }
  const runner = createRunner({
    context: work.system,
    lanes: { default: 4 },
    registry: createRegistry([effect]),
    sweepMs: 50,
  });
  await runner.start();
  await eventually(
    "a run meets the full database",
    () => work.log.runs.some(({ outcome }) => outcome === "retry"),
  );
  await runner.idle();
  await database.setMaxPages(1_000_000);
  // What met the full database waits for a while and burns no attempt.
  work.clock.advance(MINUTE);
  await eventually("all of it has run", async () => await effectsOf(work) === acknowledged.length);
  await runner.idle();
  await runner.stop(0);
  const rows = (await listJobs(work.ctx, { limit: 200 })).data;
  assert.deepEqual(
    rows.map(({ id }) => id).sort(),
    [...acknowledged].sort(),
    "what was refused left nothing",
  );
});

Deno.test("a clock that jumps an hour ahead or back, while jobs run and wait, doubles no effect and loses none", async () => {
  await using work = await openWork();
  const runner = createRunner({
    context: work.system,
    lanes: { default: 8 },
    registry: createRegistry([effect]),
    sweepMs: 5,
  });
  const off = work.waker.onWake((...wake) => runner.wake(...wake));
  await runner.start();
  for (let turn = 0; turn < 12; turn++) {
    await Promise.all(
      Array.from(
        { length: 10 },
        (_, n) => work.ctx.transact((tx) => enqueue(tx, job, { how: "well" }, { delayMs: n % 2 * 60_000 })),
      ),
    );
    work.clock.advance(turn % 3 === 2 ? -3_600_000 : 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  work.clock.advance(24 * 3_600_000);
  await eventually("all 120 have run", async () => {
    await runner.idle();
    return await effectsOf(work) === 120;
  });
  off();
  await runner.stop(0);
  assert.equal((await listJobs(work.ctx, { limit: 200, state: "done" })).data.length, 120);
});
