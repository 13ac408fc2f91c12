import assert from "node:assert/strict";
import { z } from "zod";
import { claim, enqueue, JOB_STATE, listJobs } from "../../../lib/jobs/mod.ts";
import { defineJob } from "../../../lib/kernel/define-job.ts";
import { openWork, WORKSPACE } from "../../support/work.ts";

const answer = defineJob({ name: "test.answer", schema: z.object({ n: z.number() }), lane: "interactive" });
const keyed = defineJob({
  name: "test.keyed",
  schema: z.object({ id: z.string() }),
  lane: "default",
  key: ({ id }) => id,
});

Deno.test("enqueue leaves no job and wakes nobody when its transaction rolls back", async () => {
  await using work = await openWork();
  const wakes: string[] = [];
  work.waker.onWake((lane) => wakes.push(lane));
  await assert.rejects(
    work.ctx.transact(async (tx) => {
      await enqueue(tx, answer, { n: 1 });
      throw new Error("the verb failed");
    }),
    /the verb failed/,
  );
  assert.equal((await listJobs(work.ctx, { limit: 10 })).data.length, 0);
  assert.deepEqual(wakes, []);
});

Deno.test("enqueue tells the waker the lane, the job and when it is due, after the commit", async () => {
  await using work = await openWork();
  const wakes: unknown[] = [];
  work.waker.onWake((...wake) => wakes.push(wake));
  const id = await work.ctx.transact(async (tx) => {
    const id = await enqueue(tx, answer, { n: 1 }, { delayMs: 300 });
    assert.deepEqual(wakes, []);
    return id;
  });
  assert.deepEqual(wakes, [["interactive", [id], work.clock.now() + 300]]);
  const [row] = (await listJobs(work.ctx, { limit: 10 })).data;
  assert.equal(row?.state, JOB_STATE.delayed);
  assert.equal(row?.workspaceId, WORKSPACE);
});

Deno.test("enqueue refuses a payload that breaks the job's schema", async () => {
  await using work = await openWork();
  const wrong: unknown = { n: "one" };
  await assert.rejects(
    work.ctx.transact((tx) => enqueue(tx, answer, wrong as { n: number })),
    { code: "internal" },
  );
});

Deno.test("a hundred jobs of one key that have not started are one job", async () => {
  await using work = await openWork();
  const ids = await Promise.all(
    Array.from({ length: 100 }, () => work.ctx.transact((tx) => enqueue(tx, keyed, { id: "a" }))),
  );
  assert.equal(new Set(ids).size, 1);
  const other = await work.ctx.transact((tx) => enqueue(tx, keyed, { id: "b" }));
  assert.notEqual(other, ids[0]);
  assert.equal((await listJobs(work.ctx, { limit: 10 })).data.length, 2);
});

Deno.test("a key belongs to one workspace", async () => {
  await using work = await openWork();
  const here = await work.ctx.transact((tx) => enqueue(tx, keyed, { id: "a" }));
  const there = await work.system.as({ workspaceId: "wsp_other" }).transact((tx) =>
    enqueue(tx, keyed, { id: "a" })
  );
  assert.notEqual(here, there);
});

Deno.test("a job that has started leaves its key to the next one, also when it runs again", async () => {
  await using work = await openWork();
  const first = await work.ctx.transact((tx) => enqueue(tx, keyed, { id: "a" }));
  const [run] = await claim(work.system, { lane: "default", limit: 1, worker: "w" });
  assert.equal(run?.id, first);
  const second = await work.ctx.transact((tx) => enqueue(tx, keyed, { id: "a" }));
  assert.notEqual(second, first);
});

Deno.test("push moves a waiting job to the later time with the newer payload, never past its bound", async () => {
  await using work = await openWork();
  const start = work.clock.now();
  const push = (n: number) =>
    work.ctx.transact((tx) =>
      enqueue(tx, answer, { n }, { key: "c", delayMs: 300, onDuplicate: "push", maxDelayMs: 500 })
    );
  const id = await push(1);
  work.clock.advance(100);
  assert.equal(await push(2), id);
  const [moved] = (await listJobs(work.ctx, { limit: 10 })).data;
  assert.equal(moved?.runAt, start + 400);
  assert.equal(moved?.rank, start + 400);
  assert.deepEqual(moved?.payload, { n: 2 });
  work.clock.advance(290);
  await push(3);
  const [bounded] = (await listJobs(work.ctx, { limit: 10 })).data;
  assert.equal(bounded?.runAt, start + 500);
  assert.equal(bounded?.state, JOB_STATE.delayed);
});

Deno.test("keep leaves the waiting job's time and payload as they are", async () => {
  await using work = await openWork();
  const at = work.clock.now() + 1000;
  await work.ctx.transact((tx) => enqueue(tx, answer, { n: 1 }, { key: "c", runAt: at }));
  await work.ctx.transact((tx) => enqueue(tx, answer, { n: 2 }, { key: "c", runAt: at + 5000 }));
  const [row] = (await listJobs(work.ctx, { limit: 10 })).data;
  assert.equal(row?.runAt, at);
  assert.deepEqual(row?.payload, { n: 1 });
});
