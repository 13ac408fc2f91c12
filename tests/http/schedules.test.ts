import assert from "node:assert/strict";
import { claim, createRegistry, execute, JOB_STATE, listJobs, sweep } from "../../lib/jobs/mod.ts";
import { iso } from "../../lib/kernel/clock.ts";
import { applyRetention } from "../../lib/ops/mod.ts";
import { listTicks, tickTaskSchedules } from "../../lib/schedules/mod.ts";
import { handlers } from "../../workers/registry.ts";
import { schedules } from "../../workers/schedules.ts";
import { createSweeper } from "../../workers/sweeper.ts";
import { type Harness, harness, type Person } from "../support/harness.ts";

const PATH = "/api/schedules";
const ROOT = { function_name: "math.sqrt", args: [16] };
const HOUR = 3_600_000;

async function open(env: Record<string, string> = {}) {
  const h = await harness({ env });
  const owner = await h.person();
  const call = async (method: string, path: string, body?: unknown, token = owner.token) =>
    await h.request(method, path, { token, ...(body === undefined ? {} : { body }) });
  const make = async (body: Record<string, unknown>) => {
    const made = await call("POST", PATH, { name: "roots", ...ROOT, ...body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  return {
    h,
    owner,
    call,
    make,
    ticks: async (id: string) => (await call("GET", `${PATH}/${id}/ticks`)).body.data,
    tick: async (ms: number) => {
      h.clock.advance(ms);
      await tickTaskSchedules(h.system);
    },
    [Symbol.asyncDispose]: () => h[Symbol.asyncDispose](),
  };
}

const outcomes = (ticks: { outcome: string }[]) => ticks.map(({ outcome }) => outcome);

/** Runs every task that is ready, as a worker does. */
async function work(h: Harness): Promise<void> {
  const registry = createRegistry(handlers);
  await sweep(h.system);
  for (const lane of ["cpu", "io", "memory", "network", "general"] as const) {
    for (const job of await claim(h.system, { lane, limit: 50, worker: "w" })) {
      const result = await execute(h.system, { job, registry, signal: new AbortController().signal });
      assert.equal(result.kind, "done", JSON.stringify(result));
    }
  }
}

const tasksOf = async ({ ctx }: Person) =>
  (await listJobs(ctx, { limit: 200 })).data.filter(({ id }) => id.startsWith("tsk_"));

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

Deno.test("two processes that look at one moment tick once", async () => {
  await using world = await open();
  const { h, make, ticks } = world;
  const made = await make({ every_ms: 60_000 });
  h.clock.advance(60_000);
  await Promise.all(Array.from({ length: 8 }, () => tickTaskSchedules(h.system)));
  assert.deepEqual(outcomes(await ticks(made.id)), ["submitted"]);
});

Deno.test("of many schedules that are due at one moment none waits for a later look of the sweeper", async () => {
  await using world = await open();
  const { h, owner, make } = world;
  await Promise.all(Array.from({ length: 450 }, (_, n) => make({ name: `s${n}`, every_ms: 60_000 })));
  const sweeper = createSweeper({
    context: h.system,
    schedules,
    sweepMs: 3_600_000,
    onReady: () => {},
  });
  h.clock.advance(60_000);
  await sweeper.start();
  const submitted = async () => {
    const sql = "select count(*) as n from schedule_ticks where workspace_id = ? and outcome = 'submitted'";
    const { rows: [row] } = await h.ports.database.client.execute({ sql, args: [owner.workspaceId] });
    return Number(row?.n);
  };
  for (let tries = 0; await submitted() < 450; tries++) {
    assert.ok(tries < 400, `${await submitted()} of 450 ticked`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await sweeper.stop();
});

Deno.test("schedules that can't tick keep no other from ticking, and tick once they can", async () => {
  await using world = await open();
  const { h, make, ticks, tick } = world;
  const { client } = h.ports.database;
  const broken = await Promise.all(
    Array.from({ length: 200 }, (_, n) => make({ name: `s${n}`, every_ms: 60_000 })),
  );
  await client.execute("update task_schedules set every_ms = null");
  h.clock.advance(1);
  const other = await make({ every_ms: 60_000 });
  await tick(60_000);
  assert.deepEqual(await ticks(other.id), []);
  await tick(0);
  assert.deepEqual(outcomes(await ticks(other.id)), ["submitted"]);

  await client.execute("update task_schedules set every_ms = 60000");
  await tick(5000);
  const [mended] = await ticks(broken[0].id);
  assert.deepEqual([mended.outcome, mended.due_at], ["submitted", broken[0].next_at]);
});

Deno.test("after a standstill the catch-up rule decides, and what was missed is one row that says how much", async () => {
  await using world = await open();
  const { make, ticks, tick } = world;
  const none = await make({ cron: "0 * * * *", catch_up: "none" });
  const last = await make({ cron: "0 * * * *", catch_up: "last" });
  const all = await make({ cron: "0 * * * *", catch_up: "all", catch_up_limit: 3, overlap: "queue" });
  await tick(7 * HOUR + HOUR / 2);
  assert.deepEqual((await ticks(none.id)).map((t: Tick) => [t.outcome, t.count]), [["missed", 7]]);
  assert.deepEqual((await ticks(last.id)).map((t: Tick) => [t.outcome, t.count]), [["submitted", 1], [
    "missed",
    6,
  ]]);
  assert.deepEqual((await ticks(all.id)).map((t: Tick) => [t.outcome, t.count]), [
    ["waiting", 1],
    ["waiting", 1],
    ["submitted", 1],
    ["missed", 4],
  ]);
});

interface Tick {
  readonly outcome: string;
  readonly count: number;
}

Deno.test("overlap: skip leaves the tick out, replace cancels the earlier task, queue waits for its end", async () => {
  await using world = await open();
  const { h, owner, make, ticks, tick } = world;
  const skip = await make({ every_ms: 60_000, overlap: "skip" });
  const replace = await make({ every_ms: 60_000, overlap: "replace" });
  const queue = await make({ every_ms: 60_000, overlap: "queue" });
  await tick(60_000);
  await tick(60_000);
  assert.deepEqual(outcomes(await ticks(skip.id)), ["skipped", "submitted"]);
  assert.deepEqual(outcomes(await ticks(queue.id)), ["waiting", "submitted"]);
  const [second, first] = await ticks(replace.id);
  assert.deepEqual([second.outcome, second.reason], ["submitted", `in place of ${first.task_id}`]);
  const cancelled = (await tasksOf(owner)).find(({ id }) => id === first.task_id);
  assert.equal(cancelled?.state, JOB_STATE.cancelled);

  await tick(2000);
  assert.deepEqual(
    outcomes(await ticks(queue.id)),
    ["waiting", "submitted"],
    "the earlier one has not ended",
  );
  await work(h);
  await tick(2000);
  assert.deepEqual(outcomes(await ticks(queue.id)), ["submitted", "submitted"]);
  await tick(60_000);
  assert.deepEqual(outcomes(await ticks(skip.id)), ["submitted", "skipped", "submitted"]);
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

Deno.test("a clock that is set back repeats no tick, and one that jumps ahead loses none", async () => {
  await using world = await open();
  const { h, call, make, ticks, tick } = world;
  const made = await make({ cron: "0 * * * *", overlap: "replace" });
  await tick(HOUR);
  h.clock.advance(-HOUR);
  await call("POST", `${PATH}/${made.id}/disable`);
  await call("POST", `${PATH}/${made.id}/enable`);
  await tick(HOUR);
  assert.equal((await ticks(made.id)).length, 1, "its hour had ticked before the clock was set back");
  await tick(HOUR);
  assert.deepEqual(outcomes(await ticks(made.id)), ["submitted", "submitted"]);
  await tick(50 * HOUR);
  assert.deepEqual((await ticks(made.id)).map((t: Tick) => [t.outcome, t.count]).slice(0, 2), [
    ["submitted", 1],
    ["missed", 49],
  ]);
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
