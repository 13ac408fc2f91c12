import assert from "node:assert/strict";
import type { InArgs } from "@libsql/client";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../../lib/context.ts";
import { readEvents } from "../../../lib/events/mod.ts";
import {
  acknowledge,
  assertHeld,
  cancelJob,
  claim,
  enqueue,
  heartbeat,
  JOB_STATE,
  jobStats,
  LEASE_MS,
  listDead,
  listJobs,
  MAX_LOST_LEASES,
  pruneJobs,
  retryDead,
  settle,
  sweep,
  takeOver,
} from "../../../lib/jobs/mod.ts";
import { systemActor } from "../../../lib/kernel/actors.ts";
import { DAY, MINUTE } from "../../../lib/kernel/clock.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { watchStatements } from "../../support/statements.ts";
import { openWork } from "../../support/work.ts";

const task = defineJob({
  name: "test.task",
  schema: z.object({ n: z.number() }),
  lane: "default",
  attempts: 2,
});
const take = (ctx: Ctx, limit = 10, worker = "w") => claim(ctx, { lane: "default", limit, worker });
const put = (ctx: Ctx, n: number, options = {}) => ctx.transact((tx) => enqueue(tx, task, { n }, options));
const numbers = (runs: { payload: unknown }[]) => runs.map(({ payload }) => (payload as { n: number }).n);

Deno.test("claim gives every job to one of many claimers", async () => {
  await using work = await openWork();
  for (let n = 0; n < 60; n++) await put(work.ctx, n);
  const claims = await Promise.all(Array.from({ length: 12 }, (_, i) => take(work.system, 7, `w${i}`)));
  const ids = claims.flat().map(({ id }) => id);
  assert.equal(ids.length, 60);
  assert.equal(new Set(ids).size, 60);
});

Deno.test("claim takes the longest waiting first, and a priority counts as minutes of waiting", async () => {
  await using work = await openWork();
  await put(work.ctx, 1);
  work.clock.advance(2 * MINUTE);
  await put(work.ctx, 2);
  await put(work.ctx, 3, { priority: 1 }); // overtakes 2, not 1
  await put(work.ctx, 4, { priority: 5 });
  assert.deepEqual(numbers(await take(work.system)), [4, 1, 3, 2]);
});

Deno.test("claim and sweep read indexes and sort nothing, however many jobs there are", async () => {
  await using work = await openWork();
  const { client } = work.opened.database;
  const seen = new Map<string, InArgs>();
  watchStatements(client, {
    before: (sql, args) => {
      if (sql.includes("jobs") && !sql.startsWith("explain")) seen.set(sql, args);
    },
  });
  await take(work.system);
  await sweep(work.system);
  assert.equal(seen.size, 4, [...seen.keys()].join("\n"));
  for (const [sql, args] of seen) {
    const { rows } = await client.execute(`explain query plan ${sql}`, args);
    const plan = rows.map((row) => String(row.detail)).join("\n");
    assert.doesNotMatch(plan, /TEMP B-TREE|SCAN jobs(?! USING)/, `${sql}\n${plan}`);
    assert.match(plan, /INDEX jobs_(turn|delayed|leased)/, sql);
  }
});

Deno.test("a delayed job is not claimed before its time", async () => {
  await using work = await openWork();
  await put(work.ctx, 1, { delayMs: 1000 });
  await sweep(work.system);
  assert.equal((await take(work.system)).length, 0);
  work.clock.advance(1000);
  assert.equal((await sweep(work.system)).promoted, 1);
  assert.deepEqual(numbers(await take(work.system)), [1]);
});

Deno.test("an acknowledgement with a stale fence is refused", async () => {
  await using work = await openWork();
  await put(work.ctx, 1);
  const [first] = await take(work.system);
  assert.ok(first);
  work.clock.advance(LEASE_MS + 1);
  assert.equal((await sweep(work.system)).reaped, 1);
  const [second] = await take(work.system, 1, "other");
  assert.equal(second?.id, first.id);
  assert.ok(second && second.fence > first.fence);
  assert.equal(await acknowledge(work.system, first), false);
  assert.equal(await settle(work.system, { job: first, outcome: { kind: "dead", error: "late" } }), false);
  await assert.rejects(work.system.transact((tx) => assertHeld(tx, first)), { name: "LeaseLost" });
  await work.system.transact((tx) => assertHeld(tx, second));
  assert.equal(await acknowledge(work.system, second), true);
  assert.equal(await acknowledge(work.system, second), false);
});

Deno.test("a heartbeat with a stale fence keeps nothing, also where the same worker holds the job anew", async () => {
  await using work = await openWork();
  await put(work.ctx, 1);
  const [first] = await take(work.system);
  assert.ok(first);
  work.clock.advance(LEASE_MS + 1);
  assert.equal((await sweep(work.system)).reaped, 1);
  const [second] = await take(work.system);
  assert.equal(second?.id, first.id);
  work.clock.advance(LEASE_MS - 1);
  assert.deepEqual(await heartbeat(work.system, { worker: "w", runs: [first] }), [first.id]);
  work.clock.advance(2);
  assert.equal((await sweep(work.system)).reaped, 1, "the lease of the second run ended by its own time");
});

Deno.test("a heartbeat keeps the lease and names the runs that are lost", async () => {
  await using work = await openWork();
  await put(work.ctx, 1);
  await put(work.ctx, 2);
  const [kept, lost] = await take(work.system);
  assert.ok(kept && lost);
  await cancelJob(work.ctx, { id: lost.id });
  work.clock.advance(LEASE_MS - 1);
  assert.deepEqual(await heartbeat(work.system, { worker: "w", runs: [kept, lost] }), [lost.id]);
  work.clock.advance(LEASE_MS - 1);
  assert.equal((await sweep(work.system)).reaped, 0);
  assert.equal(await acknowledge(work.system, kept), true);
});

Deno.test("a job whose process dies in every attempt ends as a dead letter", async () => {
  await using work = await openWork();
  const id = await put(work.ctx, 1);
  for (let life = 0; life < MAX_LOST_LEASES; life++) {
    assert.equal((await take(work.system)).length, 1, `life ${life}`);
    work.clock.advance(LEASE_MS + 1);
    await sweep(work.system);
    work.clock.advance(2000 * MAX_LOST_LEASES); // from the second time on it waits a while
    await sweep(work.system);
  }
  assert.equal((await take(work.system)).length, 0);
  const [dead] = (await listDead(work.ctx, { limit: 10 })).data;
  assert.equal(dead?.id, id);
  assert.match(dead?.lastError ?? "", /died or hung in each of 5 attempts/);
});

Deno.test("a retry waits its delay and burns an attempt; one that is told to wait burns none", async () => {
  await using work = await openWork();
  await put(work.ctx, 1);
  const [first] = await take(work.system);
  assert.ok(first);
  await settle(work.system, {
    job: first,
    outcome: { kind: "retry", delayMs: 5000, burnt: false, error: "throttled" },
  });
  work.clock.advance(5000);
  await sweep(work.system);
  const [second] = await take(work.system);
  assert.equal(second?.attempts, 1);
  assert.ok(second);
  await settle(work.system, {
    job: second,
    outcome: { kind: "retry", delayMs: 5000, burnt: true, error: "failed" },
  });
  work.clock.advance(4999);
  await sweep(work.system);
  assert.equal((await take(work.system)).length, 0);
  work.clock.advance(1);
  await sweep(work.system);
  assert.equal((await take(work.system))[0]?.attempts, 2);
});

Deno.test("a dead letter says why, is told of in the event log, and starts over when retried", async () => {
  await using work = await openWork();
  const id = await put(work.ctx, 1);
  const [run] = await take(work.system);
  assert.ok(run);
  await settle(work.system, { job: run, outcome: { kind: "dead", error: "no such contact" } });
  const { data } = await listDead(work.ctx, { limit: 10 });
  assert.deepEqual(data.map((job) => [job.id, job.lastError]), [[id, "no such contact"]]);
  const [event] = await readEvents(work.ctx, { after: 0, limit: 10 });
  assert.equal(event?.type, "job.died");
  assert.equal(event?.subjectId, id);

  await retryDead(work.ctx, { id });
  const [again] = await take(work.system);
  assert.equal(again?.attempts, 1);
  await assert.rejects(retryDead(work.ctx, { id }), { code: "conflict" });
});

Deno.test("jobs of another workspace are neither seen nor touched", async () => {
  await using work = await openWork();
  const id = await put(work.ctx, 1);
  const stranger = work.system.as({ workspaceId: "wsp_other" });
  assert.deepEqual((await listJobs(stranger, { limit: 10 })).data, []);
  await assert.rejects(cancelJob(stranger, { id }), { code: "not_found" });
  await assert.rejects(retryDead(stranger, { id }), { code: "not_found" });
});

Deno.test("job verbs refuse an actor without the scope before they touch the database", async () => {
  await using work = await openWork();
  const nobody = work.ctx.as({ actor: { ...systemActor("x"), scopes: new Set(["jobs:read"]) } });
  await work.opened.database.close();
  await assert.rejects(cancelJob(nobody, { id: "job_x" }), { code: "forbidden" });
  await assert.rejects(claim(nobody, { lane: "default", limit: 1, worker: "w" }), { code: "forbidden" });
  await assert.rejects(jobStats(nobody), { code: "forbidden" });
});

Deno.test("a cancelled job never runs, and one that runs can't commit any more", async () => {
  await using work = await openWork();
  const waits = await put(work.ctx, 1);
  await cancelJob(work.ctx, { id: waits });
  assert.equal((await take(work.system)).length, 0);
  await put(work.ctx, 2);
  const [run] = await take(work.system);
  assert.ok(run);
  await cancelJob(work.ctx, { id: run.id });
  await assert.rejects(work.system.transact((tx) => assertHeld(tx, run)), { name: "LeaseLost" });
  await assert.rejects(cancelJob(work.ctx, { id: run.id }), { code: "conflict" });
});

Deno.test("a worker takes back at once what it held in an earlier life, and nothing of another's", async () => {
  await using work = await openWork();
  await put(work.ctx, 1);
  await put(work.ctx, 2);
  await take(work.system, 1, "server");
  await take(work.system, 1, "other");
  assert.equal(await takeOver(work.system, "server"), 1);
  assert.deepEqual(numbers(await take(work.system)), [1]);
});

Deno.test("prune deletes ended jobs by age, keeps dead letters longer, and leaves what has not ended", async () => {
  await using work = await openWork();
  await put(work.ctx, 1);
  await put(work.ctx, 2);
  await put(work.ctx, 3, { delayMs: 90 * DAY });
  const [done, dead] = await take(work.system);
  assert.ok(done && dead);
  await acknowledge(work.system, done);
  await settle(work.system, { job: dead, outcome: { kind: "dead", error: "x" } });
  const age = { keepDoneMs: DAY, keepDeadMs: 30 * DAY };
  assert.equal(await pruneJobs(work.system, age), 0);
  work.clock.advance(2 * DAY);
  assert.equal(await pruneJobs(work.system, age), 1);
  work.clock.advance(30 * DAY);
  assert.equal(await pruneJobs(work.system, age), 1);
  assert.deepEqual((await listJobs(work.ctx, { limit: 10 })).data.map(({ state }) => state), [
    JOB_STATE.delayed,
  ]);
});

Deno.test("stats count what waits by lane, with the age of the oldest", async () => {
  await using work = await openWork();
  const first = work.clock.now();
  await put(work.ctx, 1);
  work.clock.advance(MINUTE);
  await put(work.ctx, 2);
  await put(work.ctx, 3, { delayMs: MINUTE });
  const stats = await jobStats(work.system);
  assert.deepEqual(stats.lanes.find(({ lane }) => lane === "default"), {
    lane: "default",
    ready: 2,
    oldestReadyAt: first,
  });
  assert.deepEqual([stats.delayed, stats.running, stats.dead], [1, 0, 0]);
});

Deno.test("the list of jobs goes on where its cursor says", async () => {
  await using work = await openWork();
  for (let n = 0; n < 5; n++) await put(work.ctx, n);
  const first = await listJobs(work.ctx, { limit: 3 });
  const second = await listJobs(work.ctx, { limit: 3, cursor: first.next_cursor ?? "" });
  assert.deepEqual(numbers([...first.data, ...second.data]), [4, 3, 2, 1, 0]);
  assert.equal(second.next_cursor, null);
  await assert.rejects(listJobs(work.ctx, { limit: 3, cursor: "nonsense" }), { code: "validation_failed" });
  assert.equal((await work.system.db.get<{ n: number }>(sql`select count(*) as n from jobs`)).n, 5);
});
