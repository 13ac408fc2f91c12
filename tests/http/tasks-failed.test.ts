import assert from "node:assert/strict";
import { harness } from "../support/harness.ts";
import { startWorker } from "../support/tasks.ts";
import { luck, more, open } from "./tasks-world.ts";

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
  {
    await using worker = await startWorker(h, more);
    await worker.idle();
  }
  // Nobody works any more: it would be a dead letter again before the second asks.
  assert.equal((await desk.task(id)).state, "failed");
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
    if (tries > 0) h.clock.advance(1000);
    await worker.idle();
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
