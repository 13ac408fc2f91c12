import assert from "node:assert/strict";
import { z } from "zod";
import { claim, enqueue, hasten, JOB_STATE, listJobs } from "../../../lib/jobs/mod.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { plansOf } from "../../support/plans.ts";
import { openWork } from "../../support/work.ts";

const timer = defineJob({
  name: "test.timer",
  schema: z.object({ of: z.string(), n: z.int() }),
  lane: "default",
  key: ({ of, n }) => `${of}:${n}`,
});

Deno.test("those that wait under some keys run sooner, a page at a time; none runs later, and no other's is moved", async () => {
  await using work = await openWork();
  const start = work.clock.now();
  const elsewhere = work.system.as({ workspaceId: "wsp_other" });
  const set = (ctx: typeof work.ctx, of: string, n: number, runAt: number) =>
    ctx.transact((tx) => enqueue(tx, timer, { of, n }, { runAt }));
  for (const n of [1, 2, 3, 4]) await set(work.ctx, "a", n, start + 1000 * n);
  await set(work.ctx, "ab", 1, start + 9000);
  await set(elsewhere, "a", 1, start + 9000);
  const wakes: number[] = [];
  work.waker.onWake((_lane, _ids, runAt) => wakes.push(runAt - start));
  const sooner = new Map([[1, start + 5000], [2, start + 500], [3, start - 1]]);
  const page = async (after: string | null) =>
    await work.ctx.transact((tx) =>
      hasten(tx, timer, { prefix: "a:", after, limit: 3, runAtOf: ({ n }) => sooner.get(n) ?? null })
    );
  const planned = await plansOf(work.opened.database.client, async () => {
    const next = await page(null);
    assert.notEqual(next, null);
    assert.equal(await page(next), null);
  });
  const times = async (ctx: typeof work.ctx) =>
    (await listJobs(ctx, { limit: 10 })).data.map(({ runAt, rank }) => {
      assert.equal(rank, runAt);
      return runAt - start;
    }).sort((a, b) => a - b);
  assert.deepEqual(await times(work.ctx), [-1, 500, 1000, 4000, 9000]);
  assert.deepEqual(await times(elsewhere), [9000]);
  assert.deepEqual(wakes, [500, -1]);
  const states = (await listJobs(work.ctx, { limit: 10 })).data.map(({ state }) => state);
  assert.deepEqual(states.filter((state) => state === JOB_STATE.ready).length, 1);
  const [run] = await claim(work.system, { lane: "default", limit: 5, worker: "w" });
  assert.deepEqual(run?.payload, { of: "a", n: 3 });
  const found = planned.filter(({ sql }) => /"dedup_key" >/.test(sql));
  assert.ok(found.length > 0);
  for (const { plan } of found) {
    assert.match(plan, /^SEARCH jobs USING INDEX jobs_dedup \(dedup_key>\? AND dedup_key<\?\)$/);
  }
});
