import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { harness } from "../support/harness.ts";
import { startWorker } from "../support/tasks.ts";
import { gate, more, open } from "./tasks-world.ts";

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
