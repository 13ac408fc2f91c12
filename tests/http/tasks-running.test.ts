import assert from "node:assert/strict";
import { readEvents } from "../../lib/events/mod.ts";
import { harness } from "../support/harness.ts";
import { startWorker } from "../support/tasks.ts";
import { gate, more, open } from "./tasks-world.ts";

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
