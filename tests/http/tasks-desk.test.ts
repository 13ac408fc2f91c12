import assert from "node:assert/strict";
import { beatWorker } from "../../lib/jobs/mod.ts";
import { readEvents } from "../../lib/events/mod.ts";
import { harness } from "../support/harness.ts";
import { startWorker } from "../support/tasks.ts";
import { BASE, open } from "./tasks-world.ts";

Deno.test("ten thousand tasks are taken in one call, or none of them", async () => {
  await using h = await harness();
  const desk = open(h, await h.person());
  const tasks = Array.from({ length: 10_000 }, (_, n) => ({ function_name: "math.sqrt", args: [n] }));
  const { status, body } = await desk.call("POST", "/batch", { tasks });
  assert.equal(status, 202);
  assert.equal(new Set(body.task_ids).size, 10_000);
  assert.equal((await desk.task(body.task_ids[9_999])).args[0], 9_999);
  const events = await readEvents(desk.person.ctx, { after: 0, limit: 10 });
  assert.deepEqual(events.map(({ type, data }) => [type, data.count]), [["tasks.submitted", 10_000]]);

  const wrong = tasks.slice(0, 4).map((task, n) => n % 2 === 0 ? task : { ...task, args: [-1] });
  const refused = await desk.call("POST", "/batch", { tasks: wrong });
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.body.errors.map(({ path }: { path: string }) => path), [
    "tasks.1.args.0",
    "tasks.3.args.0",
  ]);
  assert.equal((await desk.call("POST", "/batch", { tasks: [...tasks, tasks[0]] })).status, 422);
  assert.equal((await desk.call("GET", "/status")).body.lanes[0].queued, 10_000);
});

Deno.test("demo tasks show every kind of worker, and the figures count them", async () => {
  await using h = await harness();
  const desk = open(h, await h.person());
  assert.equal((await desk.call("POST", "/demo/submit-demo-tasks?count=10")).body.accepted, 10);
  await using worker = await startWorker(h);
  await worker.idle();
  h.clock.advance(1000);
  const { body } = await desk.call("GET", "/metrics");
  assert.deepEqual([body.total.done, body.total.failed, body.complete], [10, 0, true]);
  for (const lane of body.by_worker_type) assert.equal(lane.done, 2, lane.worker_type);
  assert.equal(body.total.throughput_per_s, 0.033);
  assert.notEqual(body.total.run_ms.p50, null);
});

Deno.test("the status tells of the workers that live, and a task that none of them takes says so", async () => {
  await using h = await harness();
  const desk = open(h, await h.person());
  const ioOf = async () =>
    (await desk.call("GET", "/status")).body.lanes.find((lane: { lane: string }) => lane.lane === "io");
  assert.deepEqual([(await ioOf()).workers, (await ioOf()).places], [null, null]);
  const beat = { host: "h", pid: 1, running: 0, cpu: 0, rssBytes: 1, startedAt: h.clock.now() };
  await beatWorker(h.system, { ...beat, id: "wrk_1", lanes: { io: 8 } });
  await beatWorker(h.system, { ...beat, id: "wrk_2", lanes: { io: 4, general: 1 } });
  assert.deepEqual([(await ioOf()).workers, (await ioOf()).places], [2, 12]);
  const id = await desk.submit("math.sqrt", [4]);
  assert.equal((await desk.task(id)).waiting_for.reason, "no_worker");
  const other = await desk.submit("math.sqrt", [4], { worker_type: "IO_INTENSIVE" });
  assert.equal((await desk.task(other)).waiting_for.reason, "slot");
});

Deno.test("on a full disk a submission is refused as a whole, and taken again when there is room", async () => {
  await using h = await harness();
  const desk = open(h, await h.person());
  const tasks = Array.from({ length: 2000 }, (_, n) => ({ function_name: "math.sqrt", args: [n] }));
  await h.ports.database.setMaxPages(1);
  const { status, body } = await desk.call("POST", "/batch", { tasks });
  assert.deepEqual([status, body.code], [503, "storage_full"]);
  const large = { function_name: "text.upper", args: ["x".repeat(100_000)] };
  assert.equal((await desk.call("POST", "/batch", { tasks: [...tasks, large] })).status, 503);
  assert.deepEqual(await Array.fromAsync(h.ports.blobs.list(`${desk.person.workspaceId}/tasks`)), []);
  await h.ports.database.setMaxPages(1_000_000);
  assert.equal((await desk.call("GET", "/tasks")).body.data.length, 0);
  assert.equal((await desk.call("POST", "/batch", { tasks })).status, 202);
});

Deno.test("a member reads tasks and submits none", async () => {
  await using h = await harness();
  const owner = await h.person();
  const member = open(h, await h.person({ role: "member", workspaceId: owner.workspaceId }));
  assert.equal((await member.call("GET", "/tasks")).status, 200);
  for (const path of ["/submit", "/batch", "/control", "/dlq/redrive", "/demo/submit-demo-tasks"]) {
    assert.equal((await member.call("POST", path, {})).status, 403, path);
  }
});

Deno.test("a task under one idempotency key is one task", async () => {
  await using h = await harness();
  const { token } = await h.person();
  const once = () =>
    h.request("POST", `${BASE}/submit`, {
      token,
      body: { function_name: "math.sqrt", args: [4] },
      headers: { "idempotency-key": "k-1" },
    });
  const [first, second] = [await once(), await once()];
  assert.equal(first.body.task_id, second.body.task_id);
  assert.equal((await h.request("GET", `${BASE}/tasks`, { token })).body.data.length, 1);
});
