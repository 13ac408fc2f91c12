import assert from "node:assert/strict";
import { claim, defineSchedule, enqueue, getJob, listSchedules } from "../../lib/jobs/mod.ts";
import { type CallbackWorld, elsewhere, noted, openCallbacks } from "../support/callbacks.ts";
import { signDelivery, type Signing } from "../support/fakes/qstash-signing.ts";
import { harness } from "../support/harness.ts";

const SWEEP = "/api/jobs/sweep";

async function addMany(world: CallbackWorld, count: number) {
  for (let n = 0; n < count; n++) {
    await world.h.system.transact((tx) => enqueue(tx, noted, { note: `note ${n}` }));
  }
  await world.waker.settled();
}

async function sweepNow({ post }: CallbackWorld) {
  const answer = await post(SWEEP, "");
  assert.equal(answer.status, 200);
  return await answer.json();
}

for (const fault of ["down", "hangs", "garbage", "loses"] as const) {
  Deno.test(`a QStash that ${fault}: verbs succeed, jobs wait, and the sweeper calls for every one later`, async () => {
    await using world = await openCallbacks();
    world.qstash.faults[fault] = true;
    await addMany(world, fault === "hangs" ? 2 : 20);
    assert.deepEqual(await world.qstash.deliver(), []);
    world.qstash.faults[fault] = false;
    assert.equal((await sweepNow(world)).called, 0, "their own calls may still be under way");
    world.h.clock.advance(11 * 60_000);
    const { called } = await sweepNow(world);
    await world.waker.settled();
    const deliveries = await world.qstash.deliver();
    const expected = fault === "hangs" ? 2 : 20;
    assert.equal(called, expected);
    assert.equal(deliveries.length, expected);
    assert.deepEqual([world.runs.size, Math.max(...world.runs.values())], [expected, 1]);
    assert.equal((await sweepNow(world)).called, 0);
  });
}

Deno.test("sweeps while a backlog waits at QStash do not send its messages again", async () => {
  await using world = await openCallbacks();
  await addMany(world, 5);
  for (let minute = 0; minute < 9; minute++) {
    world.h.clock.advance(60_000);
    await sweepNow(world);
    await world.waker.settled();
  }
  assert.ok(world.qstash.messages.length <= 10, `${world.qstash.messages.length} messages for five jobs`);
});

Deno.test("a schedule's callback makes due jobs ready, takes back what was left, and ticks what is run here", async () => {
  const own = defineSchedule({ name: "own", cron: "0 * * * *", job: noted, payload: { note: "tick" } });
  const other = defineSchedule({ name: "other", cron: "0 * * * *", job: elsewhere, payload: {} });
  await using world = await openCallbacks({ schedules: [own, other] });
  const { system } = world.h;
  await sweepNow(world);
  const left = await system.transact((tx) => enqueue(tx, noted, { note: "left" }));
  await claim(system, { lane: "interactive", limit: 1, worker: "dead isolate", leaseMs: 1000 });
  await system.transact((tx) => enqueue(tx, noted, { note: "delayed" }, { delayMs: 30 * 60_000 }));
  await world.waker.settled();
  world.qstash.faults.loses = true;
  world.h.clock.advance(3_600_000);
  const swept = await sweepNow(world);
  assert.deepEqual(
    [swept.promoted, swept.reaped, swept.dead, swept.ticked, swept.called],
    [1, 1, 0, ["own"], 2],
  );
  assert.equal((await getJob(system, { id: left, platform: true })).state, 0);
  assert.deepEqual((await listSchedules(system)).map(({ name, enabled }) => [name, enabled]), [
    ["other", true],
    ["own", true],
  ]);
  assert.deepEqual((await sweepNow(world)).ticked, [], "a doubled callback ticks once");
});

Deno.test("a callback without QStash's signature of this body for this address, now, does nothing", async () => {
  await using world = await openCallbacks();
  const id = await world.h.system.transact((tx) => enqueue(tx, noted, { note: "kept" }));
  await world.waker.settled();
  const { qstash, publicUrl, post } = world;
  const body = JSON.stringify({ job_id: id });
  const path = "/api/jobs/callback";
  const sign = (change: Partial<Signing>) =>
    signDelivery({ key: qstash.currentSigningKey, url: publicUrl + path, body, ...change });
  const now = Math.floor(Date.now() / 1000);
  const good = await sign({});
  const [head = "", claims = "", mac = ""] = good.split(".");
  const none = btoa('{"alg":"none","typ":"JWT"}').replaceAll("=", "");
  const cases: Record<string, string | null> = {
    "none at all": null,
    "an empty one": "",
    "no token": "bearer x",
    "another's key": await sign({ key: "sig_of_somebody_else" }),
    "re-signed by the token": await sign({ key: qstash.token }),
    "one of yesterday": await sign({ at: now - 86_400 }),
    "one of tomorrow": await sign({ at: now + 86_400 }),
    "one without an end": await sign({ lifeS: null }),
    "one for a year": await sign({ lifeS: 31_536_000 }),
    "another issuer": await sign({ issuer: "Mallory" }),
    "another address": await sign({ url: `https://other.example${path}` }),
    "another path": await sign({ url: publicUrl + SWEEP }),
    "another body": await sign({ body: '{"job_id":"job_other"}' }),
    "another algorithm": await sign({ algorithm: "HS384" }),
    "no algorithm": `${none}.${claims}.`,
    "a cut MAC": `${head}.${claims}.${mac.slice(0, -4)}`,
  };
  for (const [name, signature] of Object.entries(cases)) {
    const answer = await post(path, body, signature);
    assert.equal(answer.status, 401, name);
    assert.equal((await answer.json()).code, "bad_signature", name);
  }
  assert.equal(world.runs.size, 0);
  const next = await post(path, body, await sign({ key: qstash.nextSigningKey }));
  assert.deepEqual([next.status, await next.json()], [200, { outcome: "done" }]);
  assert.equal(world.runs.get("kept"), 1);
});

Deno.test("after many wrong signatures their address is told to wait, and QStash itself is still heard", async () => {
  await using world = await openCallbacks();
  let refused = 0;
  for (let n = 0; n < 310; n++) {
    const { status } = await world.h.request("POST", SWEEP, {
      body: "",
      headers: { "upstash-signature": "x" },
    });
    if (status === 429) refused++;
  }
  assert.equal(refused, 10);
  await sweepNow(world);
});

Deno.test("without QStash its paths answer 503 and say which settings are needed", async () => {
  await using h = await harness();
  for (const path of ["/api/jobs/callback", "/api/jobs/failure", SWEEP]) {
    const { status, body } = await h.request("POST", path, { body: "{}" });
    assert.deepEqual([status, body.code], [503, "not_configured"]);
    assert.match(body.detail, /QSTASH_TOKEN.*PUBLIC_URL/);
  }
});
