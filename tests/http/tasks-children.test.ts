import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { startWorker } from "../support/tasks.ts";
import { gate, more, open } from "./tasks-world.ts";

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
