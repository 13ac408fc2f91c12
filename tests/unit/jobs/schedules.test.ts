import assert from "node:assert/strict";
import { z } from "zod";
import {
  createRegistry,
  defineSchedule,
  handler,
  listJobs,
  listSchedules,
  nextTick,
  syncSchedules,
  tickSchedules,
} from "../../../lib/jobs/mod.ts";
import { iso } from "../../../lib/kernel/clock.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { handlers } from "../../../workers/registry.ts";
import { createRunner } from "../../../workers/runner.ts";
import { schedules } from "../../../workers/schedules.ts";
import { openWork } from "../../support/work.ts";

const report = defineJob({
  name: "test.report",
  schema: z.object({ kind: z.string() }),
  lane: "maintenance",
});
const daily = defineSchedule({
  name: "test.daily",
  cron: "30 2 * * *",
  zone: "Europe/Madrid",
  job: report,
  payload: { kind: "day" },
});
const jobsOf = async (system: Parameters<typeof listJobs>[0]) =>
  (await listJobs(system, { limit: 50, platform: true })).data;

Deno.test("a schedule's first tick is the next one, not the last one that passed", async () => {
  await using work = await openWork();
  work.clock.set(Date.UTC(2026, 0, 5, 12));
  await syncSchedules(work.system, [daily]);
  assert.deepEqual(await tickSchedules(work.system, [daily]), []);
  const [row] = await listSchedules(work.system);
  assert.equal(iso(row?.nextAt ?? 0), "2026-01-06T01:30:00.000Z");
});

Deno.test("a tick enqueues its job once, however many processes look at once", async () => {
  await using work = await openWork();
  work.clock.set(Date.UTC(2026, 0, 5, 12));
  await syncSchedules(work.system, [daily]);
  work.clock.set(Date.UTC(2026, 0, 6, 1, 30));
  await Promise.all(Array.from({ length: 10 }, () => tickSchedules(work.system, [daily])));
  const jobs = await jobsOf(work.system);
  assert.deepEqual(jobs.map(({ name, payload }) => [name, payload]), [["test.report", { kind: "day" }]]);
});

Deno.test("a restart neither repeats a tick nor misses the one that passed meanwhile", async () => {
  await using work = await openWork();
  work.clock.set(Date.UTC(2026, 0, 5, 12));
  await syncSchedules(work.system, [daily]);
  work.clock.set(Date.UTC(2026, 0, 6, 2));
  await syncSchedules(work.system, [daily]); // a restart, half an hour late
  assert.deepEqual(await tickSchedules(work.system, [daily]), ["test.daily"]);
  await syncSchedules(work.system, [daily]); // and another one
  assert.deepEqual(await tickSchedules(work.system, [daily]), []);
  assert.equal((await jobsOf(work.system)).length, 1);
});

Deno.test("after a week of standstill one job makes up for all that was missed", async () => {
  await using work = await openWork();
  work.clock.set(Date.UTC(2026, 0, 5, 12));
  await syncSchedules(work.system, [daily]);
  work.clock.set(Date.UTC(2026, 0, 12, 12));
  await tickSchedules(work.system, [daily]);
  await tickSchedules(work.system, [daily]);
  assert.equal((await jobsOf(work.system)).length, 1);
  const [row] = await listSchedules(work.system);
  assert.equal(iso(row?.nextAt ?? 0), "2026-01-13T01:30:00.000Z");
});

Deno.test("ticks follow the wall clock of their zone through both changes of the hour", () => {
  const ticks = (from: number, count: number) => {
    const found: string[] = [];
    for (let at = from; found.length < count;) {
      found.push(iso(at = nextTick({ cron: "0 9 * * *", zone: "Europe/Madrid" }, at)));
    }
    return found;
  };
  assert.deepEqual(ticks(Date.UTC(2026, 2, 28), 2), ["2026-03-28T08:00:00.000Z", "2026-03-29T07:00:00.000Z"]);
  assert.deepEqual(ticks(Date.UTC(2026, 9, 24), 2), ["2026-10-24T07:00:00.000Z", "2026-10-25T08:00:00.000Z"]);
});

Deno.test("an hour that the change of the clock skips or repeats gives exactly one tick a day", () => {
  for (const day of [Date.UTC(2026, 2, 27), Date.UTC(2026, 9, 23)]) {
    const days = new Set<string>();
    let at = day;
    for (let tick = 0; tick < 5; tick++) {
      at = nextTick(daily, at);
      days.add(new Date(at).toLocaleDateString("en-CA", { timeZone: "Europe/Madrid" }));
    }
    assert.equal(days.size, 5);
  }
});

Deno.test("a schedule whose cron changed gets a new next tick, one that is gone is switched off and never ticks", async () => {
  await using work = await openWork();
  work.clock.set(Date.UTC(2026, 0, 5, 12));
  await syncSchedules(work.system, [daily]);
  await syncSchedules(work.system, [{ ...daily, cron: "0 20 * * *" }]);
  assert.equal(iso((await listSchedules(work.system))[0]?.nextAt ?? 0), "2026-01-05T19:00:00.000Z");
  await syncSchedules(work.system, []);
  work.clock.set(Date.UTC(2026, 0, 9));
  assert.deepEqual(await tickSchedules(work.system, [daily]), []);
  assert.equal((await listSchedules(work.system))[0]?.enabled, false);
});

Deno.test("a wrong cron or zone fails where the schedule is written", () => {
  assert.throws(() => defineSchedule({ ...daily, job: report, payload: { kind: "x" }, cron: "99 * * * *" }));
  assert.throws(() =>
    defineSchedule({ ...daily, job: report, payload: { kind: "x" }, zone: "Mars/Olympus" })
  );
});

Deno.test("the runner ticks its schedules and runs their jobs", async () => {
  await using work = await openWork();
  work.clock.set(Date.UTC(2026, 0, 5, 12));
  const kinds: string[] = [];
  const registry = createRegistry([
    handler(report, (_ctx, { kind }) => Promise.resolve(void kinds.push(kind))),
  ]);
  const runner = createRunner({
    context: work.system,
    registry,
    lanes: { maintenance: 1 },
    schedules: [daily],
  });
  await runner.start();
  await runner.idle();
  assert.deepEqual(kinds, []);
  work.clock.set(Date.UTC(2026, 0, 7));
  await runner.idle();
  await runner.idle();
  await runner.stop(0);
  assert.deepEqual(kinds, ["day"]);
});

Deno.test("every schedule of the program has a handler for its job, and no name is used twice", () => {
  const registry = createRegistry(handlers);
  for (const { job } of schedules) assert.ok(registry.has(job.name), job.name);
  assert.equal(new Set(schedules.map(({ name }) => name)).size, schedules.length);
});
