import assert from "node:assert/strict";
import { createContext } from "../../lib/context.ts";
import { JOB_STATE } from "../../lib/jobs/mod.ts";
import { changeSchedule, createSchedule, tickTaskSchedules } from "../../lib/schedules/mod.ts";
import { schedules } from "../../workers/schedules.ts";
import { createSweeper } from "../../workers/sweeper.ts";
import { eventually } from "../support/eventually.ts";
import { HOUR, open, outcomes, PATH, tasksOf, work } from "./schedules-world.ts";

Deno.test("two processes that look at one moment tick once", async () => {
  await using world = await open();
  const { h, make, ticks } = world;
  const made = await make({ every_ms: 60_000 });
  h.clock.advance(60_000);
  await Promise.all(Array.from({ length: 8 }, () => tickTaskSchedules(h.system)));
  assert.deepEqual(outcomes(await ticks(made.id)), ["submitted"]);
});

Deno.test("a one-off whose time comes while it waits to be written ticks all the same, new or changed", async () => {
  await using world = await open();
  const { h, owner: { ctx }, ticks, tick } = world;
  const { database } = ctx.ports;
  const transact: typeof database.transact = (work) => {
    h.clock.advance(500);
    return database.transact(work);
  };
  const { actor, config, workspaceIdOrNull: workspaceId } = ctx;
  const slow = createContext({
    ports: { ...ctx.ports, database: { ...database, transact } },
    config,
    actor,
    workspaceId,
  });
  const soon = () => ({ at: h.clock.now() + 100 });

  const rules = { overlap: "skip", catchUp: "none", catchUpLimit: 1, enabled: true } as const;
  const task = { functionName: "math.sqrt", args: [16] };
  const { id } = await createSchedule(slow, { ...rules, name: "roots", task, timing: soon() });
  await tick(0);
  assert.deepEqual(outcomes(await ticks(id)), ["submitted"]);
  await work(h);
  await changeSchedule(slow, { id, timing: soon() });
  await tick(0);
  assert.deepEqual(outcomes(await ticks(id)), ["submitted", "submitted"]);
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
  await eventually("all have ticked", async () => await submitted() === 450);
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
