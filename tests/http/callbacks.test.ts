import assert from "node:assert/strict";
import { cancelJob, claim, enqueue, getJob } from "../../lib/jobs/mod.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { Impossible } from "../../lib/kernel/retry.ts";
import { type CallbackWorld, elsewhere, noted, openCallbacks } from "../support/callbacks.ts";

const JOB = "/api/jobs/callback";

async function add(world: CallbackWorld, note: string, options: Parameters<typeof enqueue>[3] = {}) {
  return await world.h.system.transact((tx) => enqueue(tx, noted, { note }, options));
}

async function stateOf({ h }: CallbackWorld, id: string) {
  return (await getJob(h.system, { id, platform: true })).state;
}

const bodyOf = (jobId: string) => JSON.stringify({ job_id: jobId });

Deno.test("a committed job is called for, run and done, and QStash learns its id alone", async () => {
  await using world = await openCallbacks();
  const id = await add(world, "secret text");
  await world.waker.settled();
  const [message] = world.qstash.messages;
  assert.equal(message?.body, bodyOf(id));
  assert.equal(message?.url, world.publicUrl + JOB);
  const [delivery] = await world.qstash.deliver();
  assert.deepEqual([delivery?.status, JSON.parse(delivery?.answer ?? "")], [200, { outcome: "done" }]);
  assert.equal(await stateOf(world, id), 3);
  assert.deepEqual([...world.runs], [["secret text", 1]]);
});

Deno.test("everything delivered three times and backwards runs each of a hundred jobs once", async () => {
  await using world = await openCallbacks();
  world.qstash.faults.copies = 3;
  world.qstash.faults.reversed = true;
  for (let n = 0; n < 100; n++) await add(world, `note ${n}`);
  await world.waker.settled();
  const deliveries = await world.qstash.deliver();
  assert.equal(deliveries.length, 300);
  assert.ok(deliveries.every(({ status }) => status === 200));
  assert.equal(world.runs.size, 100);
  assert.ok([...world.runs.values()].every((count) => count === 1));
});

Deno.test("two callbacks at once for one job run it once; the other is told when to come again", async () => {
  await using world = await openCallbacks();
  const going = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  world.run = async () => {
    began.resolve();
    await going.promise;
  };
  const id = await add(world, "slow");
  const first = world.post(JOB, bodyOf(id));
  await began.promise;
  const second = await world.post(JOB, bodyOf(id));
  assert.equal(second.status, 503);
  assert.ok(Number(second.headers.get("retry-after")) >= 60);
  assert.equal((await second.json()).code, "busy");
  going.resolve();
  assert.equal((await first).status, 200);
  await (await first).body?.cancel();
  assert.equal(world.runs.get("slow"), 1);
});

Deno.test("a run that fails is called for again by the engine's delay, and a dead letter never", async () => {
  await using world = await openCallbacks();
  world.run = () => Promise.reject(new AppError("upstream_failed", "not yet"));
  const id = await add(world, "stubborn");
  await world.waker.settled();
  for (let run = 1; run <= 3; run++) {
    const deliveries = await world.qstash.deliver();
    assert.deepEqual(deliveries.map(({ status }) => status)[0], run < 3 ? 200 : 489);
    assert.equal(world.runs.get("stubborn"), run);
    // A delay counts from when QStash hears of it.
    await world.waker.settled();
    world.h.clock.advance(60_000);
  }
  assert.equal(await stateOf(world, id), 4);
  const calls = world.qstash.deliveries.filter(({ url }) => url.endsWith(JOB));
  assert.equal(calls.length, 3, "489 is not delivered again");
  const told = world.h.ports.log.lines.find(({ message }) => message.startsWith("QStash gave"));
  assert.deepEqual([told?.fields["job_id"], told?.fields["status"]], [id, 489]);
});

Deno.test("a callback for a job that is done, dead, cancelled, unknown or not run here does nothing, by name", async () => {
  await using world = await openCallbacks();
  const { h, post } = world;
  const done = await add(world, "done");
  await world.waker.settled();
  await world.qstash.deliver();
  const again = await post(JOB, bodyOf(done));
  assert.deepEqual([again.status, await again.json()], [200, { outcome: "done" }]);
  assert.equal(world.runs.get("done"), 1);

  world.run = () => Promise.reject(new Impossible("never"));
  const dead = await add(world, "dead");
  await (await post(JOB, bodyOf(dead))).body?.cancel();
  const cancelled = await add(world, "cancelled", { delayMs: 1000 });
  await cancelJob(h.system, { id: cancelled, platform: true });
  const foreign = await h.system.transact((tx) => enqueue(tx, elsewhere, {}));
  for (
    const [body, detail] of [
      [bodyOf(dead), /dead/],
      [bodyOf(cancelled), /cancelled/],
      [bodyOf(foreign), /not run here/],
      [bodyOf("job_unknown"), /no job/],
      ['{"job_id":7}', /names no job/],
      ["not json", /names no job/],
      ["", /names no job/],
    ] as const
  ) {
    const answer = await post(JOB, body);
    assert.equal(answer.status, 489, body);
    assert.equal(answer.headers.get("upstash-nonretryable-error"), "true");
    assert.match((await answer.json()).detail, detail);
  }
  assert.equal(world.runs.get("dead"), 1);
  assert.equal(await stateOf(world, foreign), 0, "a job of another place is left to it");
});

Deno.test("a job that another worker holds waits for the end of its lease, then the callback takes it", async () => {
  await using world = await openCallbacks();
  const id = await add(world, "held");
  await claim(world.h.system, { lane: "interactive", limit: 1, worker: "other", leaseMs: 30_000 });
  const early = await world.post(JOB, bodyOf(id));
  assert.deepEqual([early.status, early.headers.get("retry-after")], [503, "30"]);
  await early.body?.cancel();
  world.h.clock.advance(30_001);
  const late = await world.post(JOB, bodyOf(id));
  assert.deepEqual([late.status, await late.json()], [200, { outcome: "done" }]);
  assert.equal(world.runs.get("held"), 1);
});

Deno.test("a delayed job is called for when it is due, and a callback that comes early runs nothing", async () => {
  await using world = await openCallbacks();
  const id = await add(world, "later", { delayMs: 30_500 });
  const far = await add(world, "far", { delayMs: 3_600_000 });
  await world.waker.settled();
  assert.deepEqual(await world.qstash.deliver(), []);
  const early = await world.post(JOB, bodyOf(id));
  assert.deepEqual([early.status, early.headers.get("retry-after")], [503, "31"]);
  await early.body?.cancel();
  const tooEarly = await world.post(JOB, bodyOf(far));
  assert.deepEqual([tooEarly.status, await tooEarly.json()], [200, { outcome: "later" }]);
  world.h.clock.advance(31_000);
  assert.deepEqual((await world.qstash.deliver()).map(({ status }) => status), [200]);
  assert.deepEqual([...world.runs], [["later", 1]]);
});
