import assert from "node:assert/strict";
import { JOB_STATE } from "../../lib/jobs/mod.ts";
import { iso } from "../../lib/kernel/clock.ts";
import { applyRetention } from "../../lib/ops/mod.ts";
import { listTicks } from "../../lib/schedules/mod.ts";
import { HOUR, open, outcomes, PATH, ROOT, tasksOf, work } from "./schedules-world.ts";

Deno.test("a schedule ticks by its cron: its task is submitted as who made it, runs, and the tick says which", async () => {
  await using world = await open();
  const { h, owner, call, make, ticks, tick } = world;
  const made = await make({ cron: "0 12 * * *", zone: "America/Mexico_City" });
  assert.equal(made.next_ticks.length, 10);
  assert.deepEqual([made.kind, made.overlap, made.catch_up, made.enabled], ["cron", "skip", "last", true]);
  assert.equal(made.next_at, "2026-01-05T18:00:00.000Z");
  assert.equal(made.next_ticks[1], "2026-01-06T18:00:00.000Z");
  assert.equal(made.created_by, `user:${owner.userId}`);

  await tick(2 * HOUR - 1);
  assert.deepEqual(await ticks(made.id), []);
  await tick(1);
  await tick(0);
  const [one, ...more] = await ticks(made.id);
  assert.deepEqual(more, [], "looking again does not tick again");
  assert.deepEqual([one.outcome, one.due_at, one.manual], ["submitted", made.next_at, false]);
  const [task] = await tasksOf(owner);
  assert.equal(task?.id, one.task_id);
  assert.equal(task?.submittedBy, `user:${owner.userId}`);
  await work(h);
  assert.equal((await tasksOf(owner))[0]?.state, JOB_STATE.done);
  const after = (await call("GET", `${PATH}/${made.id}`)).body;
  assert.deepEqual([after.last_at, after.next_at], [made.next_at, "2026-01-06T18:00:00.000Z"]);
});

Deno.test("run now ticks beside the clock by the overlap rule, 409 where that is to skip", async () => {
  await using world = await open();
  const { call, make, ticks } = world;
  const made = await make({ every_ms: 60_000 });
  const run = await call("POST", `${PATH}/${made.id}/run`);
  assert.deepEqual([run.status, run.body.manual, run.body.outcome], [202, true, "submitted"]);
  const again = await call("POST", `${PATH}/${made.id}/run`);
  assert.deepEqual([again.status, again.body.open], [409, [run.body.task_id]]);
  assert.equal((await ticks(made.id)).length, 1, "the refused one left nothing");
});

Deno.test("disabled it does not tick, enabled it starts from now; a one-off that is over can't be enabled", async () => {
  await using world = await open();
  const { h, call, make, ticks, tick } = world;
  const made = await make({ every_ms: 60_000 });
  const off = await call("POST", `${PATH}/${made.id}/disable`);
  assert.deepEqual([off.body.enabled, off.body.next_at, off.body.next_ticks], [false, null, []]);
  await tick(10 * 60_000);
  assert.deepEqual(await ticks(made.id), []);
  const on = await call("POST", `${PATH}/${made.id}/enable`);
  assert.deepEqual([on.body.enabled, on.body.next_at], [true, iso(h.clock.now() + 60_000)]);
  await tick(60_000);
  assert.deepEqual(outcomes(await ticks(made.id)), ["submitted"]);

  const once = await make({ at: iso(h.clock.now() + 1000), name: "once" });
  await tick(1000);
  assert.deepEqual(outcomes(await ticks(once.id)), ["submitted"]);
  const over = await call("GET", `${PATH}/${once.id}`);
  assert.deepEqual([over.body.next_at, over.body.next_ticks], [null, []]);
  await call("POST", `${PATH}/${once.id}/disable`);
  assert.equal((await call("POST", `${PATH}/${once.id}/enable`)).status, 409);
});

Deno.test("what became of ticks is kept for 30 days; ticks that wait are kept", async () => {
  await using world = await open();
  const { h, owner, make, tick } = world;
  const made = await make({ every_ms: 60_000, overlap: "queue" });
  await tick(60_000);
  await tick(60_000);
  h.clock.advance(31 * 24 * HOUR);
  assert.equal((await applyRetention(h.system)).deleted.schedule_ticks, 1);
  const { data } = await listTicks(owner.ctx, { id: made.id, limit: 10 });
  assert.deepEqual(outcomes(data), ["waiting"]);
});

Deno.test("a change of timing counts from now; who changes the task is the one as whom it runs", async () => {
  await using world = await open();
  const { h, owner, call, make } = world;
  const made = await make({ cron: "0 12 * * *" });
  const admin = await h.person({ role: "admin", workspaceId: owner.workspaceId });
  const renamed = await call(
    "PATCH",
    `${PATH}/${made.id}`,
    { name: "hourly", every_ms: 3_600_000 },
    admin.token,
  );
  assert.deepEqual([renamed.status, renamed.body.name, renamed.body.kind, renamed.body.cron], [
    200,
    "hourly",
    "interval",
    null,
  ]);
  assert.equal(renamed.body.created_by, `user:${owner.userId}`);
  const task = await call("PATCH", `${PATH}/${made.id}`, { args: [25] }, admin.token);
  assert.deepEqual([task.body.args, task.body.function_name, task.body.created_by], [
    [25],
    "math.sqrt",
    `user:${admin.userId}`,
  ]);
  assert.equal((await call("DELETE", `${PATH}/${made.id}`)).status, 204);
  assert.equal((await call("GET", `${PATH}/${made.id}`)).status, 404);
});

Deno.test("the tick of somebody who left the workspace fails and says so; the schedule goes on", async () => {
  await using world = await open();
  const { h, owner, call, ticks, tick } = world;
  const admin = await h.person({ role: "admin", workspaceId: owner.workspaceId });
  const made = await call("POST", PATH, { name: "theirs", every_ms: 60_000, ...ROOT }, admin.token);
  assert.equal(made.status, 201);
  await call("DELETE", `/api/workspaces/current/members/${admin.userId}`);
  await tick(60_000);
  const [failed] = await ticks(made.body.id);
  assert.deepEqual([failed.outcome, failed.task_id], ["failed", null]);
  assert.match(failed.reason, /no member/);
  assert.deepEqual(await tasksOf(owner), []);
  assert.equal((await call("GET", `${PATH}/${made.body.id}`)).body.enabled, true);
});

Deno.test("what can't tick or can't be submitted is 422 with its path", async () => {
  await using world = await open();
  const { h, call } = world;
  const cases: [Record<string, unknown>, string][] = [
    [{ cron: "0 0 30 2 *" }, "cron"],
    [{ cron: "nonsense" }, "cron"],
    [{}, "cron"],
    [{ cron: "0 0 * * *", zone: "Mars/Olympus" }, "zone"],
    [{ at: iso(h.clock.now() - 1) }, "at"],
    [{ at: iso(h.clock.now() + 400 * 24 * HOUR) }, "at"],
    [{ every_ms: 10 }, "every_ms"],
    [{ cron: "0 0 * * *", function_name: "math.sqr" }, "function_name"],
    [{ cron: "0 0 * * *", args: ["x"] }, "args.0"],
    [{ cron: "0 0 * * *", overlap: "both" }, "overlap"],
    [{ cron: "0 0 * * *", catch_up_limit: 1000 }, "catch_up_limit"],
  ];
  for (const [body, path] of cases) {
    const { status, body: problem } = await call("POST", PATH, { name: "x", ...ROOT, ...body });
    assert.deepEqual([status, problem.errors?.[0]?.path], [422, path], JSON.stringify(problem));
  }
  const long = await call("POST", PATH, {
    name: "x",
    cron: "0 0 * * *",
    function_name: "text.reverse",
    args: ["x".repeat(20_000)],
  });
  assert.ok([413, 422].includes(long.status), String(long.status));
});
