import assert from "node:assert/strict";
import { z } from "zod";
import type { Ctx } from "../../lib/context.ts";
import { beatWorker } from "../../lib/jobs/mod.ts";
import { readEvents } from "../../lib/events/mod.ts";
import { defineFunction, definePure } from "../../lib/kernel/define-function.ts";
import { AppError } from "../../lib/kernel/errors.ts";
import { RetryAfter } from "../../lib/kernel/retry.ts";
import { eventually } from "../support/eventually.ts";
import { type Answer, type Harness, harness, type Person } from "../support/harness.ts";
import { startWorker, withFunctions } from "../support/tasks.ts";

const BASE = "/api/high-scale-tasks";

/** Whether `test.flaky` fails. */
const luck = { failing: true };
let calls = 0;
const gates = new Map<string, PromiseWithResolvers<string>>();
const gate = (name: string) => {
  let one = gates.get(name);
  if (one === undefined) gates.set(name, one = Promise.withResolvers<string>());
  return one;
};

const more = withFunctions([
  defineFunction<Ctx, z.ZodTuple<[z.ZodNumber]>, z.ZodNumber>({
    name: "test.flaky",
    summary: "Fails as long as it is told to",
    workerType: "IO_INTENSIVE",
    args: z.tuple([z.number()]),
    result: z.number(),
    examples: [{ args: [1] }],
    backoff: { baseMs: 1000, maxMs: 1000 },
    run: ([n]) =>
      luck.failing ? Promise.reject(new AppError("upstream_failed", "no luck")) : Promise.resolve(n * 2),
  }),
  defineFunction<Ctx, z.ZodTuple<[z.ZodString]>, z.ZodString>({
    name: "test.wait",
    summary: "Runs until its gate opens or it is aborted",
    workerType: "IO_INTENSIVE",
    args: z.tuple([z.string()]),
    result: z.string(),
    examples: [{ args: ["a"] }],
    run: ([name], { signal, progress }) => {
      progress(25, "waiting");
      signal.addEventListener("abort", () => gate(`${name} aborted`).resolve(String(signal.reason)));
      gate(`${name} runs`).resolve("");
      return gate(name).promise;
    },
  }),
  defineFunction<Ctx, z.ZodTuple<[]>, z.ZodNumber>({
    name: "test.busy",
    summary: "Has no room, whenever it is called",
    workerType: "IO_INTENSIVE",
    args: z.tuple([]),
    result: z.number(),
    examples: [{ args: [] }],
    run: () => Promise.reject(new RetryAfter(500, `no room at call ${++calls}`)),
  }),
  definePure({
    name: "test.tells",
    summary: "Tells how far it is and is there at once",
    workerType: "GENERAL_PURPOSE",
    args: z.tuple([]),
    result: z.null(),
    examples: [{ args: [] }],
    run: (_args, { progress }) => {
      for (const percent of [10, 60, 100]) progress(percent, `${percent} of 100`);
      return null;
    },
  }),
  definePure({
    name: "test.refuse",
    summary: "Always refuses",
    workerType: "GENERAL_PURPOSE",
    args: z.array(z.unknown()),
    result: z.number(),
    examples: [{ args: [] }],
    run: () => {
      throw new AppError("validation_failed", "never");
    },
  }),
]);

class Desk {
  constructor(readonly h: Harness, readonly person: Person) {}
  call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.h.request(method, `${BASE}${path}`, { token: this.person.token, body });
  }
  async submit(function_name: string, args: unknown, given: object = {}): Promise<string> {
    const { status, body } = await this.call("POST", "/submit", { function_name, args, ...given });
    assert.equal(status, 202, JSON.stringify(body));
    return body.task_id;
  }
  async task(id: string): Promise<Answer["body"]> {
    return (await this.call("GET", `/tasks/${id}`)).body;
  }
}

const open = (h: Harness, person: Person) => new Desk(h, person);

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

Deno.test("a failing task says that it backs off, ends as a dead letter with every attempt, and starts over", async () => {
  luck.failing = true;
  await using h = await harness({ ports: more.ports });
  const ana = await h.person();
  const desk = open(h, ana);
  const id = await desk.submit("test.flaky", [21], { max_attempts: 2 });
  await using worker = await startWorker(h, more);
  await worker.idle();
  const waiting = (await desk.task(id)).waiting_for;
  assert.equal(waiting.reason, "backing_off");
  assert.match(waiting.detail, /no luck/);
  h.clock.advance(2000);
  await worker.idle();
  const dead = await desk.task(id);
  assert.deepEqual([dead.state, dead.attempts, dead.waiting_for], ["dead", 2, null]);
  assert.deepEqual(dead.tries.map((one: { outcome: string }) => one.outcome), ["failed", "dead"]);
  assert.equal((await desk.call("GET", "/dlq")).body.data[0].task_id, id);
  assert.equal((await desk.call("GET", `/dlq/${id}`)).body.args[0], 21);
  assert.equal((await desk.call("POST", `/dlq/${id}/retry`, { args: ["no"] })).status, 422);
  luck.failing = false;
  const boss = await h.person({ workspaceId: ana.workspaceId, role: "owner" });
  const again = await open(h, boss).call("POST", `/dlq/${id}/retry`, { args: [4], priority: "CRITICAL" });
  assert.deepEqual([again.status, again.body.state, again.body.priority], [202, "queued", "CRITICAL"]);
  assert.equal(again.body.submitted_by, `user:${boss.userId}`, "other arguments are another person's order");
  await worker.idle();
  assert.deepEqual([(await desk.task(id)).state, (await desk.task(id)).result], ["done", 8]);
  assert.equal((await desk.call("POST", `/dlq/${id}/retry`)).status, 409);
  assert.equal((await desk.call("GET", `/dlq/${id}`)).status, 404);
});

Deno.test("of two who start a dead letter over with large arguments one does, and nothing of the other's is kept", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  const id = await desk.submit("test.refuse", []);
  await using worker = await startWorker(h, more);
  await worker.idle();
  assert.equal((await desk.task(id)).state, "failed");
  await desk.call("POST", "/control", { action: "pause" });
  const args = ["x".repeat(100_000)];
  const answers = await Promise.all([1, 2].map(() => desk.call("POST", `/dlq/${id}/retry`, { args })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409]);
  const kept = (await Array.fromAsync(h.ports.blobs.list(""))).filter(({ key }) =>
    key.includes(`/tasks/${id}/`)
  );
  assert.equal(kept.length, 1);
  assert.deepEqual((await desk.task(id)).args, args);
});

Deno.test("of a task that is put off again and again the newest hundred attempts are kept and told of", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  const id = await desk.submit("test.busy", []);
  await using worker = await startWorker(h, more);
  for (let tries = 0; tries < 130; tries++) {
    await worker.idle();
    h.clock.advance(1000);
  }
  const { tries, waiting_for, state } = await desk.task(id);
  assert.equal(state, "queued");
  assert.equal(tries.length, 100);
  assert.match(tries.at(-1).error, /call 130$/);
  assert.match(waiting_for.detail, /call 130$/, "what it waits for is what it was told last");
  const { rows: [kept] } = await h.ports.database.client.execute("select count(*) as n from job_attempts");
  assert.equal(kept?.n, 100);
});

Deno.test("what no attempt can mend fails at once; dead letters are redriven together, and discarded", async () => {
  await using h = await harness({ ports: more.ports });
  const [desk, other] = [open(h, await h.person()), open(h, await h.person())];
  const ids = [await desk.submit("test.refuse", []), await desk.submit("test.refuse", [1])];
  const foreign = await other.submit("test.refuse", []);
  await using worker = await startWorker(h, more);
  await worker.idle();
  assert.deepEqual([(await desk.task(ids[0] ?? "")).state, (await desk.task(ids[0] ?? "")).attempts], [
    "failed",
    1,
  ]);
  assert.equal((await desk.call("GET", "/tasks?state=failed")).body.data.length, 2);
  const redriven = await desk.call("POST", "/dlq/redrive", { function_name: "test.refuse" });
  assert.deepEqual([redriven.status, redriven.body.redriven], [202, 2]);
  assert.equal((await other.task(foreign)).attempts, 1);
  await worker.idle();
  assert.equal((await desk.call("POST", "/dlq/redrive", { ids: [ids[1], foreign] })).body.redriven, 1);
  await worker.idle();
  assert.equal((await desk.call("DELETE", `/dlq/${foreign}`)).status, 404);
  assert.equal((await desk.call("DELETE", `/dlq/${ids[0]}`)).status, 204);
  assert.equal((await desk.call("DELETE", `/dlq/${ids[0]}`)).status, 404);
  assert.equal((await desk.call("GET", "/dlq")).body.data.length, 1);
});

Deno.test("a running task that is cancelled gets its abort signal within a second, and writes nothing any more", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  const id = await desk.submit("test.wait", ["cancel"]);
  await using worker = await startWorker(h, more);
  await gate("cancel runs").promise;
  const running = await desk.task(id);
  assert.deepEqual([running.state, running.tries[0].outcome], ["running", "running"]);
  const { status, body } = await desk.call("POST", `/tasks/${id}/cancel`);
  assert.deepEqual([status, body.state], [200, "cancelled"]);
  assert.match(await gate("cancel aborted").promise, /lease/i);
  gate("cancel").resolve("too late");
  await worker.idle();
  const after = await desk.task(id);
  assert.deepEqual([after.state, after.result, after.tries[0].outcome], ["cancelled", null, "cancelled"]);
  assert.equal((await desk.call("POST", `/tasks/${id}/cancel`)).status, 409);
});

Deno.test("the last word of a task's progress is kept, however soon its end comes after it", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  await using worker = await startWorker(h, more);
  const id = await desk.submit("test.tells", []);
  await worker.idle();
  const { state, progress } = await desk.task(id);
  assert.deepEqual([state, progress?.percent, progress?.message], ["done", 100, "100 of 100"]);
  const told = (await readEvents(desk.person.ctx, { after: 0, limit: 50 })).map(({ type }) => type);
  assert.deepEqual(told.filter((type) => type.startsWith("task.")).slice(-2), ["task.progress", "task.done"]);
});

Deno.test("progress is written down and told to live streams", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  const id = await desk.submit("test.wait", ["progress"]);
  await using worker = await startWorker(h, more);
  await gate("progress runs").promise;
  const told = async () =>
    (await readEvents(desk.person.ctx, { after: 0, limit: 50 })).find(({ type }) => type === "task.progress");
  while (await told() === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual((await told())?.data, { name: "test.wait", percent: 25, message: "waiting" });
  assert.equal((await desk.task(id)).progress.percent, 25);
  gate("progress").resolve("over");
  await worker.idle();
  assert.equal((await desk.task(id)).result, "over");
});

Deno.test("a paused lane holds tasks back and says so; resumed, it runs them; drained, it takes no new ones", async () => {
  await using h = await harness();
  const [desk, other] = [open(h, await h.person()), open(h, await h.person())];
  const control = (body: object) => desk.call("POST", "/control", body);
  const paused = await control({ action: "pause", worker_type: "IO_INTENSIVE" });
  assert.equal(paused.status, 200);
  assert.equal(
    paused.body.lanes.find((lane: { lane: string }) => lane.lane === "io").workspace.paused,
    true,
  );
  const given = { worker_type: "IO_INTENSIVE" };
  const [mine, theirs] = [
    await desk.submit("math.sqrt", [4], given),
    await other.submit("math.sqrt", [9], given),
  ];
  await using worker = await startWorker(h);
  await worker.idle();
  assert.equal((await desk.task(mine)).waiting_for.reason, "workspace_paused");
  assert.equal((await other.task(theirs)).state, "done", "a pause of one workspace is its own");
  assert.equal((await control({ action: "pause", everybody: true })).status, 403);
  await control({ action: "resume" });
  while ((await desk.task(mine)).state !== "done") await new Promise((resolve) => setTimeout(resolve, 20));

  await control({ action: "drain", worker_type: "IO_INTENSIVE" });
  const refused = await desk.call("POST", "/submit", { function_name: "math.sqrt", args: [1], ...given });
  assert.equal(refused.status, 409);
  assert.deepEqual(refused.body.draining, ["io"]);
  assert.equal((await control({ action: "scale" })).status, 422);
});

Deno.test("a lane that the platform paused holds back the tasks of every workspace, which say so, until it is resumed", async () => {
  await using h = await harness();
  const platform = open(h, await h.person({ platformAdmin: true }));
  const desk = open(h, await h.person());
  const lane = { worker_type: "IO_INTENSIVE" };
  const control = async (action: string) => {
    const { status } = await platform.call("POST", "/control", { action, everybody: true, ...lane });
    assert.equal(status, 200);
  };
  await control("pause");
  const held = await desk.submit("math.sqrt", [4], lane);
  await using worker = await startWorker(h);
  await worker.idle();
  assert.equal((await desk.task(held)).waiting_for.reason, "lane_paused");
  await control("resume");
  await eventually("it runs", async () => (await desk.task(held)).state === "done");
});

Deno.test("a workspace runs no more at once than it set for itself, and what waits says so", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  await desk.call("POST", "/control", { action: "scale", worker_type: "IO_INTENSIVE", concurrency: 1 });
  const ids = [await desk.submit("test.wait", ["one"]), await desk.submit("test.wait", ["two"])];
  await using worker = await startWorker(h, more);
  await gate("one runs").promise;
  assert.equal((await desk.task(ids[1] ?? "")).waiting_for.reason, "workspace_limit");
  gate("one").resolve("1");
  await gate("two runs").promise;
  gate("two").resolve("2");
  await worker.idle();
  assert.equal((await desk.task(ids[1] ?? "")).result, "2");
});

Deno.test("a task goes on when those that it waits for have ended, and collects what became of them", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  const { body } = await desk.call("POST", "/batch", {
    tasks: [1, 4, 9].map((n) => ({ function_name: "math.sqrt", args: [n] })).concat({
      function_name: "test.refuse",
      args: [],
    }),
    then: { function_name: "task.collect" },
  });
  assert.equal((await desk.task(body.parent_id)).waiting_for.reason, "children");
  assert.equal((await desk.task(body.parent_id)).run_at, null);
  await using worker = await startWorker(h, more);
  await worker.idle();
  const parent = await desk.task(body.parent_id);
  assert.equal(parent.state, "done");
  assert.deepEqual(parent.result.map((one: { state: string; result: unknown }) => [one.state, one.result]), [
    ["done", 1],
    ["done", 2],
    ["done", 3],
    ["failed", null],
  ]);
  const children = await desk.call("GET", `/tasks/${body.parent_id}/children?limit=2`);
  assert.deepEqual(
    children.body.data.map((one: { task_id: string }) => one.task_id),
    body.task_ids.slice(0, 2),
  );
});

Deno.test("a parent is called for in the commit that ends its wait, however its last child ends", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  const called = new Set<string>();
  using _ = { [Symbol.dispose]: h.ports.waker.onWake((_lane, ids) => ids.forEach((id) => called.add(id))) };
  const waiting = async (child: { function_name: string; args: unknown }, delay_ms = 0) => {
    const tasks = [{ ...child, delay_ms }];
    const { body } = await desk.call("POST", "/batch", { tasks, then: { function_name: "task.collect" } });
    assert.ok(!called.has(body.parent_id));
    return { parent: String(body.parent_id), child: String(body.task_ids[0]) };
  };
  const cancelled = await waiting({ function_name: "math.sqrt", args: [4] }, 60_000);
  assert.equal((await desk.call("POST", `/tasks/${cancelled.child}/cancel`)).status, 200);
  assert.ok(called.has(cancelled.parent), "cancelled");
  const entry = { title: "¿Atienden los lunes?", body: "De nueve a seis." };
  const ends = {
    "by its result": await waiting({ function_name: "math.sqrt", args: [9] }),
    "by its first commit": await waiting({ function_name: "knowledge.add", args: entry }),
    "by its failure": await waiting({ function_name: "test.refuse", args: [] }),
  };
  await using worker = await startWorker(h, more);
  await worker.idle();
  for (const [how, { parent, child }] of Object.entries(ends)) {
    assert.ok(called.has(parent), `${how}: ${(await desk.task(child)).error}`);
    assert.equal((await desk.task(parent)).state, "done", how);
  }
  assert.equal((await desk.task(ends["by its first commit"].child)).state, "done");
});

Deno.test("a child that starts over has not ended: its parent waits for its second end and for all others", async () => {
  await using h = await harness({ ports: more.ports });
  const desk = open(h, await h.person());
  const { body } = await desk.call("POST", "/batch", {
    tasks: [{ function_name: "test.refuse", args: [] }, { function_name: "test.wait", args: ["over"] }],
    then: { function_name: "task.collect" },
  });
  const [refused] = body.task_ids;
  await using worker = await startWorker(h, more);
  await gate("over runs").promise;
  const deaths = async () =>
    (await desk.task(refused)).tries.filter(({ outcome }: { outcome: string }) => outcome === "dead").length;
  const failed = async (times: number) => {
    while (await deaths() < times) await new Promise((resolve) => setTimeout(resolve, 5));
    return await desk.task(body.parent_id);
  };
  assert.equal((await failed(1)).children_left, 1);
  assert.equal((await desk.call("POST", "/dlq/redrive", { ids: [refused] })).body.redriven, 1);
  const parent = await failed(2);
  assert.deepEqual([parent.state, parent.children_left, parent.waiting_for?.reason], [
    "queued",
    1,
    "children",
  ]);
  gate("over").resolve("done");
  await worker.idle();
  assert.deepEqual(
    (await desk.task(body.parent_id)).result.map((one: { state: string }) => one.state),
    ["failed", "done"],
  );
});

for (const [when, first] of [["any", "math.sqrt"], ["first_failure", "test.refuse"]] as const) {
  Deno.test(`a task that waits for "${when}" goes on at once and ends what is left`, async () => {
    await using h = await harness({ ports: more.ports });
    const desk = open(h, await h.person());
    const { body } = await desk.call("POST", "/batch", {
      tasks: [
        { function_name: "test.wait", args: [when] },
        { function_name: first, args: first === "math.sqrt" ? [4] : [] },
      ],
      then: { function_name: "task.collect", continue_when: when },
    });
    await using worker = await startWorker(h, more);
    await gate(`${when} aborted`).promise;
    gate(when).resolve("");
    await worker.idle();
    assert.equal((await desk.task(body.parent_id)).state, "done");
    assert.equal((await desk.task(body.task_ids[0])).state, "cancelled");
  });
}

Deno.test("cancelling a task that waits cancels everything below it", async () => {
  await using h = await harness();
  const desk = open(h, await h.person());
  const { body } = await desk.call("POST", "/batch", {
    tasks: [{ function_name: "math.sqrt", args: [4] }, { function_name: "math.sqrt", args: [9] }],
    then: { function_name: "task.collect" },
  });
  assert.equal((await desk.call("POST", `/tasks/${body.parent_id}/cancel`)).status, 200);
  for (const id of body.task_ids) assert.equal((await desk.task(id)).state, "cancelled");
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

Deno.test("a parent is woken by the end of its last child, not by a later look", async () => {
  await using h = await harness();
  const desk = open(h, await h.person());
  const { body } = await desk.call("POST", "/batch", {
    tasks: [{ function_name: "math.sqrt", args: [4] }],
    then: { function_name: "task.collect" },
  });
  const woken = new Set<string>();
  const off = h.ports.waker.onWake((_lane, ids) => ids.forEach((id) => woken.add(id)));
  await using worker = await startWorker(h);
  await worker.idle();
  off();
  assert.ok(woken.has(body.parent_id));
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
