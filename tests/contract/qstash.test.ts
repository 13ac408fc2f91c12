import assert from "node:assert/strict";
import { Client } from "@upstash/qstash";
import { createQstashWaker, scheduleSweep } from "../../lib/adapters/waker/qstash.ts";
import { createTestClock } from "../support/ports.ts";
import { startQstash } from "../support/fakes/qstash.ts";

const publicUrl = "https://shop.example";

function open(qstash: ReturnType<typeof startQstash>, now: () => number, change = {}) {
  const failures: (readonly string[])[] = [];
  const { url, token } = qstash;
  const onFailure = (_error: unknown, ids: readonly string[]) => void failures.push(ids);
  const waker = createQstashWaker({
    url,
    token,
    publicUrl,
    clock: { now },
    onFailure,
    timeoutMs: 30_000,
    ...change,
  });
  return { waker, failures };
}

Deno.test("the wake-ups of one commit are one call for each hundred, without telemetry", async () => {
  const clock = createTestClock();
  await using qstash = startQstash({ now: clock.now });
  const { waker, failures } = open(qstash, clock.now);
  for (let n = 0; n < 250; n++) waker.wake(n % 2 ? "bulk" : "interactive", [`job_${n}`], clock.now());
  await waker.settled();
  assert.deepEqual(qstash.calls, ["POST /v2/batch", "POST /v2/batch", "POST /v2/batch"]);
  assert.deepEqual([qstash.messages.length, failures, qstash.telemetry], [250, [], []]);
  const [first, second] = qstash.messages;
  assert.deepEqual(first?.flowControl, { key: "shop.example.interactive", value: "parallelism=32" });
  assert.deepEqual(second?.flowControl, { key: "shop.example.bulk", value: "parallelism=4" });
  assert.deepEqual([first?.url, first?.failureCallback, first?.retries], [
    `${publicUrl}/api/jobs/callback`,
    `${publicUrl}/api/jobs/failure`,
    3,
  ]);
});

Deno.test("a job's time is its delay in whole seconds, never early; what is due too far away is left to the sweeper", async () => {
  const clock = createTestClock();
  await using qstash = startQstash({ now: clock.now });
  const { waker } = open(qstash, clock.now);
  const now = clock.now();
  waker.wake("default", ["past"], now - 5000);
  waker.wake("default", ["soon"], now + 300);
  waker.wake("default", ["hour"], now + 3_600_001);
  waker.wake("default", ["month"], now + 30 * 86_400_000);
  await waker.settled();
  assert.deepEqual(qstash.messages.map(({ dueAt }) => dueAt - now), [0, 1000, 3_601_000]);
});

Deno.test("one job at one time is one message; a new time, or ten minutes, make another", async () => {
  const clock = createTestClock();
  await using qstash = startQstash({ now: clock.now });
  const { waker } = open(qstash, clock.now);
  const due = clock.now();
  const wake = async (at: number) => {
    waker.wake("default", ["job_1"], at);
    await waker.settled();
    return qstash.messages.length;
  };
  assert.deepEqual([await wake(due), await wake(due), await wake(due + 2000)], [1, 1, 2]);
  clock.advance(10 * 60_000);
  assert.deepEqual([await wake(due), await wake(due)], [3, 3]);
});

for (const fault of ["down", "hangs", "garbage"] as const) {
  Deno.test(`a QStash that ${fault} costs its caller nothing and is told of, in bounded time`, async () => {
    const clock = createTestClock();
    await using qstash = startQstash({ now: clock.now });
    qstash.faults[fault] = true;
    const { waker, failures } = open(qstash, clock.now, fault === "hangs" ? { timeoutMs: 1500 } : {});
    waker.wake("default", ["job_1"], clock.now());
    waker.wake("default", ["job_2"], clock.now());
    await waker.settled();
    assert.deepEqual(failures, [["job_1", "job_2"]]);
    qstash.faults[fault] = false;
    waker.wake("default", ["job_3"], clock.now());
    await waker.settled();
    assert.deepEqual(qstash.messages.map(({ body }) => body), ['{"job_id":"job_3"}']);
  });
}

Deno.test("a runtime that ends with its answer is handed the publishing to wait for", async () => {
  const clock = createTestClock();
  await using qstash = startQstash({ now: clock.now });
  const kept: Promise<void>[] = [];
  const { waker } = open(qstash, clock.now, { keep: (work: Promise<void>) => void kept.push(work) });
  waker.wake("default", ["job_1"], clock.now());
  assert.equal(kept.length, 1);
  await Promise.all(kept);
  assert.equal(qstash.messages.length, 1);
});

Deno.test("the sweeper's schedule is one, however often it is set", async () => {
  await using qstash = startQstash();
  const { url, token } = qstash;
  await scheduleSweep({ url, token, publicUrl });
  await scheduleSweep({ url, token, publicUrl });
  assert.deepEqual([...qstash.schedules], [[
    "cauce-sweep",
    { destination: `${publicUrl}/api/jobs/sweep`, cron: "*/5 * * * *", body: "" },
  ]]);
});

Deno.test("the stand-in takes a destination as the client sends it: raw, with its query, and refuses what QStash refuses", async () => {
  await using qstash = startQstash();
  const client = new Client({
    baseUrl: qstash.url,
    token: qstash.token,
    enableTelemetry: false,
    retry: false,
  });
  const url = "https://shop.example/hook?id=1&to=a//b";
  const { messageId } = await client.publishJSON({ url, body: { a: 1 }, headers: { "x-own": "yes" } });
  const [message] = qstash.messages;
  assert.deepEqual([message?.id, message?.url, message?.body], [messageId, url, '{"a":1}']);
  assert.equal(message?.headers["x-own"], "yes");
  const stranger = new Client({ baseUrl: qstash.url, token: "other", retry: false });
  await assert.rejects(() => stranger.publishJSON({ url }), { status: 401 });
  await assert.rejects(() => client.publishJSON({ url: "nowhere" }), { status: 400 });
  await assert.rejects(() => client.publishJSON({ url, retries: 9 }), { status: 412 });
});
