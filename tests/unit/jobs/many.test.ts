import assert from "node:assert/strict";
import type { InArgs } from "@libsql/client";
import { z } from "zod";
import {
  acknowledge,
  acknowledgeAll,
  claim,
  enqueueMany,
  getJob,
  giveBack,
  JOB_STATE,
  LEASE_MS,
  listJobs,
  pruneJobs,
  sweep,
} from "../../../lib/jobs/mod.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { watchStatements } from "../../support/statements.ts";
import { openWork, type Work } from "../../support/work.ts";

const job = defineJob({
  name: "many.job",
  schema: z.object({ n: z.number(), text: z.string().optional() }),
  lane: "bulk",
  attempts: 4,
});

const put = (work: Work, count: number) =>
  work.ctx.transact((tx) =>
    enqueueMany(tx, job, Array.from({ length: count }, (_, n) => ({ payload: { n } })))
  );
const take = (work: Work, limit: number, worker = "w") => claim(work.system, { lane: "bulk", limit, worker });

Deno.test("enqueueMany writes what enqueue would, in order, and wakes once for each time", async () => {
  await using work = await openWork();
  const wakes: [string, number, number][] = [];
  work.waker.onWake((lane, ids, dueAt) => wakes.push([lane, ids.length, dueAt]));
  const now = work.clock.now();
  const text = 'quotes " and \\ and \u0000 and ñ and 👍';
  const ids = await work.ctx.transact((tx) =>
    enqueueMany(tx, job, [
      { payload: { n: 1, text } },
      { payload: { n: 2 }, runAt: now + 5000, priority: 2 },
      { payload: { n: 3 } },
    ])
  );
  assert.deepEqual(wakes, [["bulk", 2, now], ["bulk", 1, now + 5000]]);
  const rows = await Promise.all(ids.map((id) => getJob(work.ctx, { id })));
  assert.deepEqual(rows.map(({ payload }) => payload), [{ n: 1, text }, { n: 2 }, { n: 3 }]);
  assert.deepEqual(rows.map(({ state }) => state), [JOB_STATE.ready, JOB_STATE.delayed, JOB_STATE.ready]);
  assert.deepEqual(
    rows.map(({ rank, runAt, maxAttempts, createdAt }) => [rank, runAt, maxAttempts, createdAt]),
    [
      [now, now, 4, now],
      [now + 5000 - 120_000, now + 5000, 4, now],
      [now, now, 4, now],
    ],
  );
});

Deno.test("enqueueMany writes all or nothing", async () => {
  await using work = await openWork();
  const items = Array.from({ length: 1200 }, (_, n) => ({ payload: { n } }));
  await assert.rejects(
    work.ctx.transact(async (tx) => {
      await enqueueMany(tx, job, items);
      throw new Error("no");
    }),
    /no/,
  );
  assert.equal((await listJobs(work.ctx, { limit: 10 })).data.length, 0);
  const broken = [...items, { payload: { n: Number("x") } }];
  await assert.rejects(work.ctx.transact((tx) => enqueueMany(tx, job, broken)), { code: "internal" });
  assert.equal((await listJobs(work.ctx, { limit: 10 })).data.length, 0);
  assert.equal((await put(work, 1200)).length, 1200);
  assert.equal((await take(work, 2000)).length, 1200);
  assert.deepEqual(await put(work, 0), []);
});

Deno.test("acknowledgeAll ends the runs that hold their job and names the others", async () => {
  await using work = await openWork();
  await put(work, 6);
  const old = await take(work, 2, "slow");
  work.clock.advance(LEASE_MS + 1);
  await sweep(work.system);
  const again = await take(work, 2, "other");
  const rest = await take(work, 4);
  const lost = await acknowledgeAll(work.system, [...old, ...rest]);
  assert.deepEqual([...lost].sort(), old.map(({ id }) => id).sort());
  for (const run of again) {
    assert.equal(await acknowledge(work.system, run), true, "their new run still holds them");
  }
  const done = await listJobs(work.ctx, { limit: 10, state: "done" });
  assert.equal(done.data.length, 6);
});

Deno.test("acknowledgeAll and giveBack find their rows by id, whatever else is leased", async () => {
  await using work = await openWork();
  const { client } = work.opened.database;
  await put(work, 4);
  const runs = await take(work, 4);
  const seen: [string, InArgs][] = [];
  watchStatements(client, {
    before: (sql, args) => {
      if (!sql.startsWith("explain")) seen.push([sql, args]);
    },
  });
  await giveBack(work.system, runs.slice(0, 2));
  await acknowledgeAll(work.system, runs);
  assert.equal(seen.length, 3, "both of them, and which runs were lost");
  for (const [sql, args] of seen) {
    const { rows } = await client.execute(`explain query plan ${sql}`, args);
    const plan = rows.map((row) => String(row.detail)).join("\n");
    assert.match(plan, /SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 \(id=\?\)/, plan);
    assert.doesNotMatch(plan, /SCAN jobs/);
  }
});

Deno.test("of ended jobs the newest are kept, up to a number, however young the others are", async () => {
  await using work = await openWork();
  await put(work, 2500);
  for (let runs; (runs = await take(work, 500)).length > 0; work.clock.advance(1000)) {
    await acknowledgeAll(work.system, runs);
  }
  const rule = { keepDoneMs: 86_400_000, keepDeadMs: 86_400_000 };
  assert.equal(await pruneJobs(work.system, rule), 0);
  assert.equal(
    await pruneJobs(work.system, { ...rule, keepRows: 800 }),
    2000,
    "what ended at one moment goes together",
  );
  assert.equal((await listJobs(work.ctx, { limit: 200, state: "done" })).data.length, 200);
});

Deno.test("what ended of a parent that waits for others, or is a dead letter, is kept as long as the parent may collect it", async () => {
  await using work = await openWork();
  const [parent, child] = await put(work, 2);
  const { client } = work.opened.database;
  for (const run of await take(work, 2)) if (run.id === child) await acknowledge(work.system, run);
  await client.execute({
    sql: "update jobs set parent_id = ? where id = ?",
    args: [parent ?? "", child ?? ""],
  });
  work.clock.advance(1000);
  const rule = { keepDoneMs: 0, keepDeadMs: 0 };
  assert.equal(await pruneJobs(work.system, rule), 0);
  await client.execute({
    sql: "update jobs set state = 4, finished_at = ? where id = ?",
    args: [work.clock.now(), parent ?? ""],
  });
  work.clock.advance(1000);
  const keepDead = { ...rule, keepDeadMs: 3_600_000 };
  assert.equal(await pruneJobs(work.system, keepDead), 0, "it may be started over, and collects then");
  await client.execute({
    sql: "update jobs set state = 3, finished_at = 0 where id = ?",
    args: [parent ?? ""],
  });
  assert.equal(await pruneJobs(work.system, rule), 2);
});

Deno.test("giveBack undoes a claim: ready, no attempt burnt, and the old run can write no more", async () => {
  await using work = await openWork();
  const [id = ""] = await put(work, 1);
  const [run] = await take(work, 1);
  assert.ok(run);
  await giveBack(work.system, [run]);
  const { state, attempts, lease, worker } = await getJob(work.ctx, { id });
  assert.deepEqual({ state, attempts, lease, worker }, {
    state: JOB_STATE.ready,
    attempts: 0,
    lease: null,
    worker: null,
  });
  assert.equal(await acknowledge(work.system, run), false);
  await giveBack(work.system, [run]);
  assert.equal((await getJob(work.ctx, { id })).attempts, 0, "a second time it changes nothing");
});
